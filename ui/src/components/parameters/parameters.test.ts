import { describe, expect, it } from 'vitest';

import type { Parameter } from '../../contract/bindings';
import { countSet, effective, isSet, knobsFor, MOST_U32, type NumberKey, withoutKnob } from './knobs';
import { UNSET } from '../../contract/unset';
import { linear, tokens, tokenStops } from './scale';
import { addStop, escapeStop, readNumber, readTyped, unescapeStop } from './typed';

const ALL: Parameter[] = [
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'repeat_penalty',
  'presence_penalty',
  'frequency_penalty',
  'max_tokens',
  'stop',
  'seed',
  'context_length',
  'thinking',
  'kv_cache',
];

function knob(key: NumberKey, maxContext: number | null = null) {
  const found = knobsFor(ALL, maxContext).find((one) => one.key === key);
  if (!found) throw new Error(`no knob ${key}`);
  return found;
}

describe('what is set and what is default', () => {
  it('takes the value of the chat, else the default, else nothing', () => {
    const defaults = { ...UNSET, temperature: 0.7 };
    expect(effective({ ...UNSET, temperature: 0 }, defaults, 'temperature')).toBe(0);
    expect(effective(UNSET, defaults, 'temperature')).toBe(0.7);
    expect(effective(UNSET, defaults, 'top_p')).toBeNull();
  });

  it('counts zero and false as set, empty text and an empty list as not', () => {
    expect(isSet({ ...UNSET, temperature: 0 }, 'temperature')).toBe(true);
    expect(isSet({ ...UNSET, thinking: false }, 'thinking')).toBe(true);
    expect(isSet(UNSET, 'system_prompt')).toBe(false);
    expect(isSet(UNSET, 'stop')).toBe(false);
  });

  it('resets one knob and leaves the others', () => {
    const set = { ...UNSET, temperature: 1.2, stop: ['END'] };
    expect(withoutKnob(set, 'stop')).toEqual({ ...UNSET, temperature: 1.2 });
  });

  it('counts only what the engine takes', () => {
    expect(countSet({ ...UNSET, temperature: 1, min_p: 0.1, system_prompt: 'x' }, ['temperature'])).toBe(2);
  });
});

describe('knobsFor', () => {
  it('hides what the engine does not take', () => {
    expect(knobsFor(['top_k', 'stop'], null).map(({ key }) => key)).toEqual(['top_k']);
  });

  it('ends the context where the model does', () => {
    expect(knob('context_length', 8192).max).toBe(8192);
    expect(knob('context_length').max).toBe(MOST_U32);
  });
});

describe('readTyped', () => {
  it('takes nothing as the default', () => {
    expect(readTyped(knob('temperature'), '  ')).toEqual({ value: null });
  });

  it.each([
    ['temperature', '2', 2],
    ['temperature', '0,7', 0.7],
    ['presence_penalty', '−1.5', -1.5],
    ['max_tokens', '8,192', 8192],
    ['seed', '4294967295', 4_294_967_295],
    ['repeat_penalty', '.5', 0.5],
  ] as const)('reads %s %s', (key, text, value) => {
    expect(readTyped(knob(key), text, 'en')).toEqual({ value });
  });

  it.each([
    ['temperature', '2.1'],
    ['temperature', '-0.1'],
    ['top_k', '1001'],
    ['top_k', '2.5'],
    ['repeat_penalty', '0.4'],
    ['presence_penalty', '-2.01'],
    ['seed', '4294967296'],
    ['max_tokens', '0'],
    ['top_p', 'half'],
    ['top_p', '1e-3'],
  ] as const)('refuses %s %s with words', (key, text) => {
    expect(readTyped(knob(key), text, 'en')).toHaveProperty('problem');
  });

  it('refuses more context than the model holds', () => {
    expect(readTyped(knob('context_length', 4096), '4097', 'en')).toEqual({ problem: 'From 256 to 4,096.' });
  });

  it('reads numbers as they are written in German', () => {
    expect(readNumber('0,95', false, 'de')).toBe(0.95);
    expect(readNumber('8.192', true, 'de')).toBe(8192);
  });
});

describe('stop strings', () => {
  it('takes escapes for what cannot be typed, and shows them again', () => {
    expect(unescapeStop('\\nUser:\\t\\\\n')).toBe('\nUser:\t\\n');
    expect(escapeStop('\nUser:\t\\n')).toBe('\\nUser:\\t\\\\n');
  });

  it('adds a new one once', () => {
    expect(addStop(['a'], 'b')).toEqual({ stops: ['a', 'b'] });
    expect(addStop(['a'], 'a')).toEqual({ stops: ['a'] });
  });

  it('refuses a ninth and one that is too long', () => {
    expect(addStop(['1', '2', '3', '4', '5', '6', '7', '8'], '9')).toHaveProperty('problem');
    expect(addStop([], 'x'.repeat(201))).toHaveProperty('problem');
    expect(addStop([], '🔥'.repeat(200))).toHaveProperty('stops');
  });
});

describe('scales', () => {
  it('doubles token counts and ends where the model does', () => {
    expect(tokenStops(256, 2048)).toEqual([256, 384, 512, 768, 1024, 1536, 2048]);
    expect(tokenStops(256, 256)).toEqual([256]);
  });

  it('stands at the stop below a value between two', () => {
    const scale = tokens(256, 2048, false);
    expect(scale.at(scale.of(600))).toBe(512);
    expect(scale.at(scale.of(1))).toBe(256);
    expect(scale.at(scale.of(99_999))).toBe(2048);
  });

  it('has no limit one step after the largest', () => {
    const scale = tokens(256, 512, true);
    expect(scale.last).toBe(3);
    expect(scale.at(scale.last)).toBeNull();
    expect(scale.of(512)).toBe(2);
  });

  it('has no dust of binary fractions', () => {
    const scale = linear(0, 2, 0.05);
    expect(scale.at(scale.of(0.7))).toBe(0.7);
    expect(scale.at(3)).toBe(0.15);
    expect(scale.at(scale.last)).toBe(2);
  });

  it('reaches below zero', () => {
    const scale = linear(-2, 2, 0.05);
    expect(scale.at(0)).toBe(-2);
    expect(scale.at(scale.of(0))).toBe(0);
  });
});
