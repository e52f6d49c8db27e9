import { describe, expect, it } from 'vitest';

import { aRequest } from '../../host/memory/serverSeed';
import { readable, toneOf } from './status';
import { idleWords, outcomeWords, stateWords, timeWords } from './words';

describe('a request in a line', () => {
  it.each([
    [
      { ended: true, completion_tokens: 212, tok_s: 11.83, first_token_ms: 400, took_ms: 18_000 },
      '212 tokens · 11.8 tok/s · 0.4 s to first',
    ],
    [{ ended: true, completion_tokens: 1, first_token_ms: 41, took_ms: 60 }, '1 token · 41 ms to first'],
    [{ ended: true, prompt_tokens: 640, took_ms: 212 }, '640 tokens read · 0.2 s'],
    [{ ended: true, took_ms: 3 }, '3 ms'],
    [{}, 'waiting'],
    [{ status: 200, first_token_ms: 80 }, 'writing'],
    [{ ended: true, completion_tokens: 5, error: 'The client went away.' }, 'The client went away.'],
  ])('%j is “%s”', (request, words) => {
    expect(outcomeWords(aRequest(1, request))).toBe(words);
  });

  it('is as bad as it was, also where it began well', () => {
    expect(toneOf({ status: 200, error: null })).toBe('good');
    expect(toneOf({ status: 200, error: 'The client went away.' })).toBe('warn');
    expect(toneOf({ status: null, error: 'The client went away.' })).toBe('warn');
    expect(toneOf({ status: 401, error: 'A token is needed.' })).toBe('bad');
    expect(toneOf({ status: null, error: null })).toBe('muted');
  });
});

describe('a body', () => {
  it('has its lines broken where it is JSON, and is left alone where it is not', () => {
    expect(readable('{"a":[1]}')).toEqual({ text: '{\n  "a": [\n    1\n  ]\n}', language: 'json' });
    expect(readable('data: {"a":1}\n\n')).toEqual({ text: 'data: {"a":1}\n\n', language: '' });
  });
});

describe('words', () => {
  it('of the switch say what is on its way', () => {
    expect(stateWords('off', null)).toBe('Off');
    expect(stateWords('off', true)).toBe('Starting…');
    expect(stateWords('running', false)).toBe('Switching off…');
    expect(stateWords('failed', null)).toBe('Could not start');
  });

  it('of times fit what is quick', () => {
    expect(timeWords(3.4)).toBe('3 ms');
    expect(timeWords(400)).toBe('0.4 s');
    expect(idleWords(0)).toBe('Idle models stay in memory.');
    expect(idleWords(120)).toBe('Idle models are unloaded after 2 hours.');
  });
});
