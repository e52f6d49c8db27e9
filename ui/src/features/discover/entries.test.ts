import { describe, expect, it } from 'vitest';

import type { HubPage } from '../../contract/bindings';
import type { SearchedFor } from '../../data';
import { barren, entriesOf, heightOf, picksFor, step } from './entries';
import { aPick, aRow } from './fixtures';

const page = (...repos: string[]): HubPage => ({
  rows: repos.map((repo) => aRow({ repo })),
  cursor: null,
  exact: null,
});
const search = (more: Partial<SearchedFor> = {}): SearchedFor => ({
  words: '',
  sort: 'trending',
  fits: false,
  format: null,
  free_licence: false,
  vision: false,
  tools: false,
  size: null,
  ...more,
});
const keysOf = (...args: Parameters<typeof entriesOf>) => entriesOf(...args).map(({ key }) => key.trim());

describe('the list', () => {
  it('holds every repository once, even if pages overlap', () => {
    expect(keysOf([page('a/a', 'b/b'), page('b/b', 'c/c')], [])).toEqual(['a/a', 'b/b', 'c/c']);
  });

  it('begins with what is recommended, and does not repeat that below', () => {
    expect(keysOf([page('a/a', 'r/r')], [aPick({ repo: 'r/r' })])).toEqual([
      'recommended',
      'r/r',
      'popular',
      'a/a',
    ]);
  });

  it('has no heading over nothing', () => {
    expect(keysOf([], [aPick({ repo: 'r/r' })])).toEqual(['recommended', 'r/r']);
  });

  it('leaves room for a reason that takes two lines', () => {
    const [short, long] = [aPick(), aPick({ reason: 'x'.repeat(60) })].map((pick) =>
      heightOf({ kind: 'pick', key: pick.repo, pick }),
    );
    expect([short, long]).toEqual([82, 100]);
  });
});

describe('what is recommended', () => {
  const picks = [aPick(), aPick({ repo: 'big/big', fits: false, free_licence: false, parameters: 70e9 })];

  it('is shown while nothing is searched for', () => {
    expect(picksFor(picks, search())).toHaveLength(2);
    expect(picksFor(picks, search({ words: 'qwen' }))).toEqual([]);
  });

  it('passes the filters that the catalogue can answer', () => {
    expect(picksFor(picks, search({ fits: true }))).toEqual([picks[0]]);
    expect(picksFor(picks, search({ free_licence: true }))).toEqual([picks[0]]);
    expect(picksFor(picks, search({ size: 'huge' }))).toEqual([picks[1]]);
    expect(picksFor(picks, search({ vision: true })), 'nobody knows').toEqual([]);
  });
});

describe('moving in the list', () => {
  const entries = entriesOf([page('a/a', 'b/b')], [aPick({ repo: 'r/r' })]);

  it('steps over headings and stays at the ends', () => {
    expect(step(entries, -1, 1)).toBe(1);
    expect(step(entries, 1, 1)).toBe(3);
    expect(step(entries, 3, -1)).toBe(1);
    expect(step(entries, 1, -1), 'only a heading is above').toBe(1);
    expect(step(entries, 1, 6), 'a page down ends at the last').toBe(4);
    expect(step(entries, 4, 1)).toBe(4);
  });
});

describe('pages without rows', () => {
  it('are not asked for without end', () => {
    expect(barren([page('a/a'), page(), page()])).toBe(false);
    expect(barren([page('a/a'), page(), page(), page()])).toBe(true);
    expect(barren([page(), page(), page(), page('a/a')])).toBe(false);
  });
});
