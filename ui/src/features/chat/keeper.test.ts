import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { HostError } from '../../host/host';
import { Keeper } from './keeper';

const save = vi.fn<(chat: string, text: string) => Promise<void>>();
const tell = vi.fn<(error: unknown) => void>();
const full = new HostError({ code: 'disk_full', message: 'The disk is full.', retryable: true });
let keeper: Keeper<string>;

beforeEach(() => {
  vi.useFakeTimers();
  save.mockReset().mockResolvedValue();
  tell.mockReset();
  keeper = new Keeper<string>(save, tell);
});

afterEach(() => vi.useRealTimers());

describe('drafts', () => {
  it('are saved once, shortly after the last letter', async () => {
    for (const text of ['H', 'Hi', 'Hi!']) keeper.write('c', text);
    expect(save).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(500);
    expect(save.mock.calls).toEqual([['c', 'Hi!']]);
  });

  it('are saved at once when the window goes away', async () => {
    keeper.write('c', 'Hi');
    await keeper.flush();
    expect(save.mock.calls).toEqual([['c', 'Hi']]);
    await vi.advanceTimersByTimeAsync(500);
    expect(save, 'and not again').toHaveBeenCalledOnce();
  });

  it('do not come back after they were sent', async () => {
    keeper.write('c', 'Hi');
    keeper.settled('c', '');
    await vi.advanceTimersByTimeAsync(500);
    expect(save).not.toHaveBeenCalled();
    expect(keeper.newest('c')).toBe('');
  });

  it('of several chats are all saved', async () => {
    keeper.write('a', '1');
    keeper.write('b', '2');
    await keeper.flush();
    expect(save.mock.calls).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
  });

  it('never overtake each other', async () => {
    const done: string[] = [];
    const ends: (() => void)[] = [];
    save.mockImplementation((_chat, text) => new Promise((end) => ends.push(() => (done.push(text), end()))));
    keeper.write('c', 'first');
    void keeper.flush();
    keeper.write('c', 'second');
    const all = keeper.flush();
    await vi.advanceTimersByTimeAsync(0);
    expect(save, 'the second waits for the first').toHaveBeenCalledOnce();
    ends[0]?.();
    await vi.advanceTimersByTimeAsync(0);
    ends[1]?.();
    await all;
    expect(done).toEqual(['first', 'second']);
  });

  it('are tried again with the next letter when they could not be saved', async () => {
    save.mockRejectedValueOnce(new Error('the disk is full'));
    keeper.write('c', 'Hi');
    await keeper.flush();
    keeper.write('c', 'Hi');
    await keeper.flush();
    expect(save).toHaveBeenCalledTimes(2);
  });

  it('are not saved when nothing changed', async () => {
    keeper.write('c', 'Hi');
    await keeper.flush();
    keeper.write('c', 'Hi');
    await vi.advanceTimersByTimeAsync(500);
    expect(save).toHaveBeenCalledOnce();
  });

  it('that could not be saved are tried again by themselves, and told once', async () => {
    save.mockRejectedValue(full);
    keeper.write('c', 'Hi');
    expect(await keeper.flush(), 'whoever waits for it learns of it').toBe(false);
    expect(keeper.failure('c')).toBe(full);
    expect(keeper.newest('c'), 'they are not forgotten').toBe('Hi');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(save.mock.calls.length, 'tried again').toBeGreaterThan(2);
    expect(save.mock.calls.length, 'but not on and on').toBeLessThan(8);
    expect(tell).toHaveBeenCalledExactlyOnceWith(full);

    save.mockResolvedValue();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(keeper.failure('c')).toBeUndefined();
    expect(save.mock.lastCall).toEqual(['c', 'Hi']);
    const tries = save.mock.calls.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(save, 'saved is saved').toHaveBeenCalledTimes(tries);
  });

  it('that could not be saved give way to newer ones', async () => {
    save.mockRejectedValueOnce(full);
    keeper.write('c', 'Hi');
    await keeper.flush();
    keeper.write('c', 'Hi!');
    expect(await keeper.flush()).toBe(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(save.mock.calls).toEqual([
      ['c', 'Hi'],
      ['c', 'Hi!'],
    ]);
  });

  it('of a chat that is gone are let go', async () => {
    save.mockRejectedValue(new HostError({ code: 'not_found', message: 'It is gone.', retryable: false }));
    keeper.write('c', 'Hi');
    expect(await keeper.flush()).toBe(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(save).toHaveBeenCalledOnce();
    expect(tell).not.toHaveBeenCalled();
  });

  it('do not come back by a save that was on its way while they were sent', async () => {
    let end = (): void => undefined;
    save.mockImplementationOnce(() => new Promise((done) => (end = done)));
    keeper.write('c', 'Hi');
    void keeper.flush();
    await vi.advanceTimersByTimeAsync(0);
    keeper.settled('c', '');
    end();
    await vi.advanceTimersByTimeAsync(500);
    expect(save.mock.lastCall, 'the last word is that nothing stands there').toEqual(['c', '']);
  });
});
