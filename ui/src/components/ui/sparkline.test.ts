import { describe, expect, it } from 'vitest';

import { curve, type Sample, SPAN_MS } from './sparkline';

const samples = (...shares: (number | null)[]): Sample[] =>
  shares.map((share, index) => ({ at: 1_000 * index, share }));

describe('the curve of the last minute', () => {
  it('begins with a dot at the right edge', () => {
    expect(curve([], 60, 12)).toEqual({ line: '', ground: '' });
    expect(curve(samples(0.5), 60, 12)).toEqual({ line: 'M60 6h0', ground: 'M60 12L60 6L60 12Z' });
  });

  it('moves to the left with time, nothing at the bottom and all at the top', () => {
    expect(curve(samples(0, 1, 0.5), 60, 12).line).toBe('M58 11L59 1L60 6');
    expect(curve(samples(0, 1, 0.5), 60, 12).ground).toBe('M58 12L58 11L59 1L60 6L60 12Z');
  });

  it('stays within its range', () => {
    expect(curve(samples(-1, 7), 60, 12).line).toBe('M59 11L60 1');
  });

  it('is not drawn through what nobody measured', () => {
    const slept = [...samples(0, 0), { at: 30_000, share: 1 }, { at: 31_000, share: 1 }];
    expect(curve(slept, 60, 12).line).toBe('M29 11L30 11M59 1L60 1');
    expect(curve(samples(0, null, 0), 60, 12).line, 'one that is missing is bridged').toBe('M58 11L60 11');
  });

  it('ends where it begins to be too old', () => {
    const old = { at: 0, share: 1 };
    expect(curve([old, { at: SPAN_MS + 1, share: 0 }], 60, 12).line).toBe('M60 11h0');
  });
});
