import { describe, expect, it } from 'vitest';

import type { HostEntry, LedgerEntry } from '../../contract/bindings';
import { looksFurther, ofHost, outcome } from './ledger';

const entry = (number: number, host: string): LedgerEntry => ({
  number,
  at: 0,
  host,
  purpose: 'Search',
  status: 200,
  sent_bytes: 1,
  received_bytes: 1,
});

const known = (host: string, contacts: number): HostEntry => ({
  host,
  purpose: '',
  allowed: true,
  contacts,
  received_bytes: 0,
  last_at: null,
});

describe('the ledger', () => {
  it('tells in words how a contact ended', () => {
    const words = (status: number | null) => outcome(status).text;
    expect([200, 206, 302, 304].map(words)).toEqual(['answered', 'answered', 'sent elsewhere', 'unchanged']);
    expect([401, 403, 404, 429].map(words)).toEqual([
      'refused (401)',
      'refused (403)',
      'not found (404)',
      'asked to wait (429)',
    ]);
    expect([500, 503].map(words)).toEqual(['failed there (500)', 'failed there (503)']);
    expect(words(null)).toBe('not reached');
    expect(outcome(null).tone).toBe('bad');
  });

  it('can be read for one host and those below it', () => {
    const entries = [entry(4, 'cdn.a'), entry(3, 'a'), entry(2, 'not-a'), entry(1, 'a')];
    expect(ofHost(entries, null)).toBe(entries);
    expect(ofHost(entries, 'a').map(({ number }) => number)).toEqual([4, 3, 1]);
    expect(ofHost(entries, 'cdn.a').map(({ number }) => number)).toEqual([4]);
  });

  it('is read further back until the table is filled or nothing is left', () => {
    expect(looksFurther(50, null, []), 'the next page waits for its turn').toBe(false);
    expect(looksFurther(3, null, []), 'a page so short may be the last').toBe(true);
    expect(looksFurther(2, 'a', [known('a', 9)])).toBe(true);
    expect(looksFurther(9, 'a', [known('a', 9)]), 'all of it is here').toBe(false);
    expect(looksFurther(20, 'a', [known('a', 900)]), 'enough for now').toBe(false);
    expect(looksFurther(1, 'gone', []), 'nobody counted it').toBe(true);
  });
});
