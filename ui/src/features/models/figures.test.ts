import { describe, expect, it } from 'vitest';

import { parametersWords, stateWords, unloadWords } from './words';

describe('figures of models', () => {
  it.each([
    [5_530_112, '5.53 M'],
    [5_500_000, '5.5 M'],
    [135_000_000, '135 M'],
    [999_900_000, '1 B'],
    [4_020_000_000, '4.02 B'],
    [1_000_000_000_000, '1 T'],
    [512, '512'],
  ])('counts %d weights as model names do', (weights, words) => {
    expect(parametersWords(weights)).toBe(words);
  });

  it('says nothing of weights that nobody counted', () => {
    expect(parametersWords(null)).toBeNull();
  });

  it('tells how far a model is, and only where it is known', () => {
    expect(stateWords({ kind: 'loading', fraction: 0.432 })).toBe('loading 43 %');
    expect(stateWords({ kind: 'loading', fraction: null })).toBe('loading');
  });

  it('tells when an idle model leaves', () => {
    expect(unloadWords(10 * 60_000, 0, false)).toBe('leaves in 10 min');
    expect(unloadWords(10 * 60_000, 8 * 60_000, false), 'and counts down').toBe('leaves in 2 min');
    expect(unloadWords(150 * 60_000, 0, false)).toBe('leaves in 2.5 h');
    expect(unloadWords(-5, 0, false)).toBe('leaves in 1 min');
  });

  it('does not say of a model that answers that it stays', () => {
    expect(unloadWords(null, 0, false)).toBe('in use');
    expect(unloadWords(null, 0, true), 'the person chose that none leaves').toBe('stays in memory');
  });
});
