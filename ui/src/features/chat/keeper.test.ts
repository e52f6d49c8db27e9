import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Keeper } from './keeper';

const save = vi.fn<(chat: string, text: string) => Promise<void>>();
let keeper: Keeper<string>;

beforeEach(() => {
  vi.useFakeTimers();
  save.mockReset().mockResolvedValue();
  keeper = new Keeper<string>(save);
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
});
