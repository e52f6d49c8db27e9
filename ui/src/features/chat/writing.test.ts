import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Keeper } from './keeper';
import { Writing } from './writing.svelte';

let kept: string;
let keeper: Keeper<string>;
let writing: Writing;

/** The host takes the words and empties the draft, as it does. */
const taken = (): Promise<boolean> => {
  kept = '';
  return Promise.resolve(true);
};
const refused = (): Promise<boolean> => Promise.resolve(false);

beforeEach(() => {
  vi.useFakeTimers();
  kept = '';
  keeper = new Keeper<string>((_chat, text) => {
    kept = text;
    return Promise.resolve();
  });
  writing = new Writing('c', keeper);
});

afterEach(() => vi.useRealTimers());

describe('what stands in the composer', () => {
  it('is the draft of yesterday and what was typed before it came', async () => {
    kept = 'half a question';
    writing.write('and more');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(kept, 'the draft is not overwritten before it is known').toBe('half a question');
    writing.read('half a question');
    expect(writing.text).toBe('half a question\n\nand more');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(kept).toBe('half a question\n\nand more');
    writing.read('half a question');
    expect(writing.text, 'not twice').toBe('half a question\n\nand more');
  });

  it('is gone once it was said', async () => {
    writing.read('');
    writing.write('hello');
    const sent = writing.send('hello', taken);
    expect(writing.text, 'the field is free at once').toBe('');
    expect(await sent).toBe(true);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(kept).toBe('');
    expect(keeper.newest('c')).toBe('');
  });

  it('is not brought back by a save that was on its way', async () => {
    let end = (): void => undefined;
    const slow = new Keeper<string>(
      (_chat, text) => new Promise((done) => (end = () => ((kept = text), done()))),
    );
    writing = new Writing('c', slow);
    writing.read('');
    writing.write('hello');
    void slow.flush();
    const said = vi.fn(taken);
    const sent = writing.send('hello', said);
    await vi.advanceTimersByTimeAsync(0);
    expect(said, 'the save ends first').not.toHaveBeenCalled();
    end();
    await sent;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(kept).toBe('');
  });

  it('stays when something else is said', async () => {
    writing.read('');
    writing.write('half a thought');
    await writing.send('What is the capital of Norway?', taken);
    expect(writing.text).toBe('half a thought');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(kept, 'the host emptied the draft, and has it again').toBe('half a thought');
    await writing.send('What is 7 plus 8?', refused);
    expect(writing.text).toBe('half a thought');
  });

  it('comes back when it could not be said, before what was typed since', async () => {
    writing.read('');
    writing.write('first');
    const sent = writing.send('first', refused);
    writing.write('second');
    expect(await sent).toBe(false);
    expect(writing.text).toBe('first\n\nsecond');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(kept).toBe('first\n\nsecond');
  });

  it('is kept while the next words are typed and the last are said', async () => {
    writing.read('');
    writing.write('first');
    const sent = writing.send('first', taken);
    writing.write('second');
    await sent;
    await vi.advanceTimersByTimeAsync(1_000);
    expect([writing.text, kept]).toEqual(['second', 'second']);
  });
});
