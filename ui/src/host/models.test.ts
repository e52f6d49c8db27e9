import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Changed, VerifyEvent } from '../contract/bindings';
import { HostError, type Host } from './host';
import { memoryHost } from './memory';
import { World } from './memory/world';

let world: World;
let host: Host;

const list = () => host.call('model.list', {});
const find = async (name: string) => {
  const found = (await list()).models.find((model) => model.name === name);
  if (!found) throw new Error(`no model ${name}`);
  return found;
};
const folder = async (path: string) => (await list()).folders.find((one) => one.path === path);

/** What a check of it tells, and how it ended. */
function check(model: string) {
  const events: VerifyEvent[] = [];
  const ended = vi.fn();
  const stop = host.stream(
    'model.verify',
    { model },
    { onEvent: (event) => events.push(event), onEnd: ended },
  );
  return { events, ended, stop };
}

beforeEach(() => {
  vi.useFakeTimers();
  world = new World();
  host = memoryHost(world);
});

afterEach(() => vi.useRealTimers());

describe('the models of the world in memory', () => {
  it('are checked at the speed of a disk, and what is wrong is told last', async () => {
    const { id, size_bytes } = await find('SmolLM3 3B');
    const { events, ended } = check(id);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(events.at(-1)).toEqual({ kind: 'progress', done_bytes: 600e6, total_bytes: size_bytes });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(events.at(-1)).toMatchObject({
      kind: 'done',
      files: 1,
      problems: [expect.stringContaining('SmolLM3')],
    });
    expect(ended).toHaveBeenCalledOnce();
  });

  it('are not read on when nobody listens, and not at all where they are not', async () => {
    const { events, stop } = check((await find('SmolLM3 3B')).id);
    stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(events).toEqual([]);
    const { ended } = check('nobody');
    await vi.advanceTimersByTimeAsync(1);
    expect(ended.mock.calls[0]?.[0]).toBeInstanceOf(HostError);
  });

  it('are deleted with the bytes that this frees, those that may be', async () => {
    const changed: Changed[] = [];
    host.stream('app.changes', {}, { onEvent: (changes) => changed.push(...changes) });
    const { id, size_bytes } = await find('Gemma 3 4B it');
    await expect(host.call('model.delete', { model: id })).resolves.toEqual({ bytes: size_bytes });
    await expect(find('Gemma 3 4B it')).rejects.toThrow();
    expect(changed).toContainEqual({ tag: 'models' });
    await expect(host.call('model.delete', { model: (await find('Pocket')).id })).rejects.toThrow('ships');
  });

  it('know of newer versions once they were looked for, and take them in', async () => {
    expect((await find('Qwen3 4B')).update).toBeNull();
    await expect(host.call('model.findUpdates', {})).resolves.toEqual({ looked_up: 2, newer: 2, failed: [] });
    const { id, update, origin } = await find('Qwen3 4B');
    expect(update?.commit).not.toBe(origin?.commit);
    await host.call('model.update', { model: id });
    await vi.advanceTimersByTimeAsync(120_000);
    const renewed = await find('Qwen3 4B');
    expect([renewed.id, renewed.update, renewed.origin?.commit]).toEqual([id, null, update?.commit]);
    await expect(host.call('model.findUpdates', {})).resolves.toMatchObject({ newer: 1 });
  });

  it('are not asked about while nothing may leave the machine', async () => {
    world.settings = { ...world.settings, offline: true };
    await expect(host.call('model.findUpdates', {})).rejects.toThrow('offline');
  });

  it('are mended by fetching them once more', async () => {
    const { id, quantisation, origin } = await find('SmolLM3 3B');
    const again = { repo: origin?.repo ?? '', revision: origin?.commit ?? null, item: null, quantisation };
    await host.call('download.start', again);
    await vi.advanceTimersByTimeAsync(120_000);
    const { events } = check(id);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(events.at(-1)).toEqual({ kind: 'done', files: 1, problems: [] });
  });
});

describe('the folders of the world in memory', () => {
  it('remember what is on a disk that is away, and do not load it', async () => {
    expect(await folder('/media/ana/Archive/models')).toMatchObject({ away: true, models: 1 });
    const away = await find('Phi-4 mini');
    expect(away.state).toEqual({ kind: 'away' });
    await expect(host.call('model.load', { model: away.id, anyway: false })).rejects.toThrow('not connected');
  });

  it('of other programs are looked in or left out', async () => {
    const path = '/home/ana/.ollama/models';
    await host.call('folder.use', { path, used: false });
    await expect(find('Ministral 3B')).rejects.toThrow();
    expect(await folder(path)).toMatchObject({ owner: 'ollama', ignored: true });
    await host.call('folder.use', { path, used: true });
    expect((await find('Ministral 3B')).owner).toBe('ollama');
  });

  it('are named by a file in them, added once, and forgotten', async () => {
    const path = '/home/ana/Downloads';
    const before = (await list()).folders.length;
    await host.call('folder.add', { path: `${path}/granite-4-tiny.gguf` });
    await host.call('folder.add', { path });
    expect((await list()).folders).toHaveLength(before + 1);
    expect(await folder(path)).toMatchObject({ owner: 'added', models: 1 });
    await host.call('folder.remove', { path });
    expect(await folder(path)).toBeUndefined();
    await expect(host.call('folder.add', { path: 'models' })).rejects.toThrow('whole path');
  });
});
