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
});
