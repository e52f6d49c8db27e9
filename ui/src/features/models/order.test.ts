import { describe, expect, it } from 'vitest';

import type { ModelState } from '../../contract/bindings';
import { aModel } from './fixtures';
import { matches, pickerOrder, runnable } from './order';

const ready: ModelState = { kind: 'ready', context_length: 4096, memory_bytes: 1, unload_at: null };
const unsupported = {
  code: 'model_unsupported',
  message: 'No engine here knows it.',
  retryable: false,
} as const;

describe('pickerOrder', () => {
  it('shows what is in memory first and what cannot run last, what is away behind it', () => {
    const models = [
      aModel({ name: 'away', state: { kind: 'away' }, last_used_at: 99 }),
      aModel({ name: 'unsupported', unsupported, engine: null, last_used_at: 99 }),
      aModel({ name: 'never used' }),
      aModel({ name: 'used', last_used_at: 5 }),
      aModel({ name: 'loading', state: { kind: 'loading', fraction: 0.4 } }),
      aModel({ name: 'ready', state: ready }),
      aModel({ name: 'used lately', last_used_at: 9 }),
    ];
    expect(pickerOrder(models, '').map(({ name }) => name)).toEqual([
      'ready',
      'loading',
      'used lately',
      'used',
      'never used',
      'unsupported',
      'away',
    ]);
  });

  it('sorts names as people count', () => {
    const models = ['Gemma 12B', 'gemma 4B', 'Aurora'].map((name) => aModel({ name }));
    expect(pickerOrder(models, '', 'en').map(({ name }) => name)).toEqual([
      'Aurora',
      'gemma 4B',
      'Gemma 12B',
    ]);
  });

  it('leaves the list that it was given as it was', () => {
    const models = [aModel({ name: 'b' }), aModel({ name: 'a' })];
    pickerOrder(models, '');
    expect(models.map(({ name }) => name)).toEqual(['b', 'a']);
  });
});

describe('matches', () => {
  const model = aModel({ name: 'Aurora 4B Instruct', architecture: 'qwen3', quantisation: 'Q4_K_M' });

  it('finds words in any order and in any of name, architecture and quantisation', () => {
    expect(matches(model, 'q4_k AURORA')).toBe(true);
    expect(matches(model, 'qwen3')).toBe(true);
    expect(matches(model, '   ')).toBe(true);
  });

  it('wants every word', () => {
    expect(matches(model, 'aurora q8')).toBe(false);
  });
});

describe('runnable', () => {
  it('is false for a model that no engine takes, even without a reason', () => {
    expect(runnable(aModel({ engine: null }))).toBe(false);
    expect(runnable(aModel())).toBe(true);
    expect(runnable(aModel({ state: { kind: 'away' } })), 'its disk is not connected').toBe(false);
  });
});
