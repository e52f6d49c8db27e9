import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { AnswerEvent } from '../contract/bindings';
import { memoryHost } from './memory';

describe('the world in memory', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('answers a question word by word and keeps the answer', async () => {
    const host = memoryHost();
    const chat = await host.call('chat.create', { model: null, temporary: false });
    const sent = await host.call('chat.send', { chat: chat.summary.id, text: 'Hello' });
    if (sent.kind !== 'answering') throw new Error('a new chat answers at once');
    const events: AnswerEvent[] = [];
    const ended = vi.fn();
    host.stream(
      'message.watch',
      { message: sent.answer },
      { onEvent: (event) => events.push(event), onEnd: ended },
    );
    await vi.advanceTimersByTimeAsync(60_000);
    expect(events[0]?.kind, 'first the state as it is').toBe('snapshot');
    expect(events.at(-1)?.kind).toBe('ended');
    expect(ended).toHaveBeenCalledOnce();
    const page = await host.call('chat.messages', { chat: chat.summary.id, from: null, limit: 50 });
    expect(page.messages.map(({ role, status }) => `${role} ${status}`)).toEqual([
      'user done',
      'assistant done',
    ]);
  });

  it('tells what changed', async () => {
    const host = memoryHost();
    const seen = vi.fn();
    host.stream('app.changes', {}, { onEvent: seen });
    const chats = await host.call('chat.list', { search: '', trash: false });
    await host.call('chat.delete', { chat: chats[0]?.id ?? '' });
    await vi.advanceTimersByTimeAsync(1);
    expect(seen).toHaveBeenCalled();
    await expect(host.call('chat.list', { search: '', trash: true })).resolves.toHaveLength(1);
  });

  it('runs a model with the engine that was chosen, and refuses one that cannot', async () => {
    const host = memoryHost();
    const model = async (name: string) => {
      const found = (await host.call('model.list', {})).models.find((one) => one.name === name);
      if (!found) throw new Error(`no model ${name}`);
      return found;
    };
    const { id } = await model('Pocket');
    await host.call('model.chooseEngine', { model: id, engine: 'mistral.rs' });
    const chosen = await model('Pocket');
    expect([chosen.engine, chosen.engine_reason]).toEqual(['mistral.rs', 'you chose it']);
    expect(chosen.takes, 'the knobs are the engine’s').not.toContain('kv_cache');
    await host.call('model.chooseEngine', { model: id, engine: null });
    expect((await model('Pocket')).engine).toBe('llama.cpp');
    const gemma = await model('Gemma 3 4B it');
    await expect(
      host.call('model.chooseEngine', { model: gemma.id, engine: 'mistral.rs' }),
    ).rejects.toThrow();
  });
});
