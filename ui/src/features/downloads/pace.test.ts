import { describe, expect, it } from 'vitest';

import { aDownload } from './fixtures';
import { leftWords, Paces, smoothed, timeLeft } from './pace';

describe('a smoothed speed', () => {
  it('begins with what is measured and follows a change by half in five seconds', () => {
    const first = smoothed(undefined, 10e6, 0);
    expect(first.speed).toBe(10e6);
    expect(smoothed(first, 30e6, 5_000).speed).toBeCloseTo(20e6);
    expect(smoothed(first, 30e6, 500).speed, 'a gust hardly counts').toBeLessThan(12e6);
  });

  it('forgets what was before a long break, and a clock that was set back', () => {
    const first = smoothed(undefined, 10e6, 100_000);
    expect(smoothed(first, 30e6, 200_000).speed).toBe(30e6);
    expect(smoothed(first, 30e6, 0).speed).toBe(30e6);
  });

  it('says the same about a record however often it is asked', () => {
    const paces = new Paces();
    paces.of(aDownload({ state: { kind: 'running', bytes_per_s: 10e6 } }), 0);
    const record = aDownload({ state: { kind: 'running', bytes_per_s: 30e6 } });
    const speed = paces.of(record, 500);
    expect(paces.of(record, 60_000)).toBe(speed);
  });

  it('is unknown while no bytes come, and begins anew after a pause', () => {
    const paces = new Paces();
    paces.of(aDownload({ state: { kind: 'running', bytes_per_s: 10e6 } }), 0);
    expect(paces.of(aDownload({ state: { kind: 'running', bytes_per_s: null } }), 500)).toBeNull();
    expect(paces.of(aDownload({ state: { kind: 'paused' } }), 1_000)).toBeNull();
    expect(paces.of(aDownload({ state: { kind: 'running', bytes_per_s: 30e6 } }), 1_500)).toBe(30e6);
  });
});

describe('the time that is left', () => {
  it('is told in words that count down', () => {
    expect(leftWords(timeLeft(0.9e9, 38e6))).toBe('24 s left');
    expect(leftWords(timeLeft(38e6, 38e6))).toBe('almost done');
    expect(leftWords(timeLeft(38e9, 10e6))).toBe('1 h 4 min left');
    expect(leftWords(timeLeft(38e9, 1e4))).toBe('more than a day left');
  });

  it('is not told where nobody knows it', () => {
    expect(timeLeft(1e9, null)).toBeNull();
    expect(timeLeft(1e9, 0), 'nothing comes').toBeNull();
    expect(timeLeft(1e9, NaN)).toBeNull();
    expect(leftWords(null)).toBe('');
  });
});
