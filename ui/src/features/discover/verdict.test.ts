import { describe, expect, it } from 'vitest';

import { aFit } from './fixtures';
import { contextFigure, couldRun, speedWords, verdictWords } from './verdict';

describe('a verdict', () => {
  it('says what a model needs, how fast it is and how much it holds', () => {
    expect(verdictWords(aFit())).toEqual({
      verdict: 'Fits',
      tone: 'good',
      figures: ['needs 3.6 GB of 11.2 GB free', '9–12 tok/s', 'context up to 41,000'],
    });
  });

  it('warns of a shorter context, exactly', () => {
    const { verdict, tone, figures } = verdictWords(
      aFit({ verdict: { kind: 'fits_up_to', tokens: 12_288 }, longest_context: 12_288 }),
    );
    expect([verdict, tone]).toEqual(['Fits up to 12,288 tokens', 'warn']);
    expect(figures.join(), 'said already').not.toContain('context');
  });

  it('promises no speed to what does not fit', () => {
    const { tone, figures } = verdictWords(aFit({ verdict: { kind: 'does_not_fit' } }));
    expect(tone).toBe('bad');
    expect(figures).toEqual(['needs 3.6 GB of 11.2 GB free']);
  });

  it('says why no engine runs it', () => {
    const refusal = 'No engine here knows the architecture "llava".';
    expect(verdictWords(aFit({ verdict: { kind: 'no_engine' }, refusal })).figures).toEqual([refusal]);
  });

  it('does not invent what the header does not say', () => {
    const fit = aFit({
      verdict: { kind: 'unknown' },
      needs_bytes: null,
      speed: null,
      longest_context: null,
    });
    expect(verdictWords(fit)).toMatchObject({
      tone: 'muted',
      figures: ['its header does not say how much memory it needs'],
    });
  });

  it('knows what could be run', () => {
    expect(couldRun(aFit({ verdict: { kind: 'partly_on_processor' } }))).toBe(true);
    expect(couldRun(aFit({ verdict: { kind: 'unknown' } })), 'nobody says that it cannot').toBe(true);
    expect(couldRun(aFit({ verdict: { kind: 'does_not_fit' } }))).toBe(false);
    expect(couldRun(aFit({ verdict: { kind: 'no_engine' } }))).toBe(false);
  });
});

describe('figures', () => {
  it('of speed are whole, but not where that would say nothing', () => {
    expect(speedWords({ from: 9.4, to: 11.8 })).toBe('9–12 tok/s');
    expect(speedWords({ from: 8.9, to: 9.2 })).toBe('9 tok/s');
    expect(speedWords({ from: 0.8, to: 1.4 })).toBe('0.8–1.4 tok/s');
  });

  it('of a long context are in thousands', () => {
    expect(contextFigure(41_984)).toBe('41,000');
    expect(contextFigure(8_192)).toBe('8,192');
  });
});
