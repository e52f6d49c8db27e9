import { describe, expect, it } from 'vitest';

import { message } from './fixtures';
import { statsLine, thoughtFor } from './figures';
import { guessHeight, Heights } from './heights';
import { Announcer, spoken } from './sentences';

const stats = {
  prompt_tokens: 40,
  cached_tokens: 0,
  completion_tokens: 212,
  first_token_ms: 400,
  generation_ms: 5_552,
};

describe('figures under an answer', () => {
  it('read as a person would say them', () => {
    expect(statsLine(stats, 'stop')).toBe('38 tok/s · 212 tokens · first word 0.4 s');
    expect(statsLine({ ...stats, generation_ms: 17_900 }, null)).toContain('11.8 tok/s');
    expect(statsLine(null, 'stop')).toBe('');
  });

  it('do not claim that a first word took no time', () => {
    expect(statsLine({ ...stats, first_token_ms: 12 }, 'stop')).toContain('first word <\u20090.1 s');
  });

  it('tell why an answer ended where that is not plain', () => {
    expect(statsLine(stats, 'length')).toMatch(/ · reached the answer limit$/);
  });

  it('claim no speed for a single token', () => {
    expect(statsLine({ ...stats, completion_tokens: 1, generation_ms: 0 }, 'stop')).toBe(
      '1 token · first word 0.4 s',
    );
  });

  it('count thinking in whole seconds', () => {
    expect([200, 6_200, 75_000].map(thoughtFor)).toEqual(['1 s', '6 s', '1 min 15 s']);
  });
});

describe('what a screen reader is told', () => {
  it('is whole sentences, once each', () => {
    const announcer = new Announcer();
    const text = 'Oslo is the capital. It lies by a fjord, in the south';
    const said: string[] = [];
    for (let end = 1; end <= text.length; end += 1) said.push(announcer.next('m', text.slice(0, end), false));
    expect(said.filter(Boolean)).toEqual(['Oslo is the capital.']);
    expect(announcer.next('m', text, true)).toBe('It lies by a fjord, in the south');
  });

  it('is not the whole of an answer that was there before', () => {
    expect(new Announcer().next('m', 'An old answer.', true)).toBe('');
  });

  it('begins where an answer stood that was being written when it came into sight', () => {
    const announcer = new Announcer();
    announcer.begin('m', 'Oslo is the capital. It lies');
    expect(announcer.next('m', 'Oslo is the capital. It lies', false)).toBe('');
    expect(announcer.next('m', 'Oslo is the capital. It lies by a fjord. In', false)).toBe('by a fjord.');
    expect(announcer.next('n', 'The next one. Is', false), 'the next is read whole').toBe('The next one.');
  });

  it('has no marks in it', () => {
    expect(spoken('## A **bold** [link](https://example.org)\n- `x`')).toBe('A bold link x');
  });
});

describe('heights', () => {
  it('are known per message and width, and survive a scroll bar', () => {
    const heights = new Heights();
    heights.set('m', 700, 120);
    expect(heights.get('m', 701)).toBe(120);
    expect(heights.get('m', 500)).toBeUndefined();
  });

  it('are guessed higher for more text and for a narrower column', () => {
    const long = message(1, { text: 'word '.repeat(400) });
    expect(guessHeight(long, 700, 15)).toBeGreaterThan(guessHeight(message(1), 700, 15));
    expect(guessHeight(long, 350, 15)).toBeGreaterThan(guessHeight(long, 700, 15));
  });
});
