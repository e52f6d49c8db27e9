import { describe, expect, it } from 'vitest';

import { aModel } from './fixtures';
import { inOrder, pressed, type Sort } from './sorting';

const models = [
  aModel({ name: 'Gemma 12B', size_bytes: 7e9, last_used_at: 5 }),
  aModel({ name: 'gemma 4B', size_bytes: 2e9, last_used_at: null }),
  aModel({ name: 'Aurora', size_bytes: 2e9, last_used_at: 9 }),
];
const names = (sort: Sort) => inOrder(models, sort, 'en').map(({ name }) => name);

describe('the order of the table', () => {
  it('is by name as people count', () => {
    expect(names({ by: 'name', descending: false })).toEqual(['Aurora', 'gemma 4B', 'Gemma 12B']);
    expect(names({ by: 'name', descending: true })).toEqual(['Gemma 12B', 'gemma 4B', 'Aurora']);
  });

  it('keeps those of one size by name, whichever way round the sizes stand', () => {
    expect(names({ by: 'size', descending: true })).toEqual(['Gemma 12B', 'Aurora', 'gemma 4B']);
    expect(names({ by: 'size', descending: false })).toEqual(['Aurora', 'gemma 4B', 'Gemma 12B']);
  });

  it('has those that were never used behind all that were', () => {
    expect(names({ by: 'lastUsed', descending: true })).toEqual(['Aurora', 'Gemma 12B', 'gemma 4B']);
  });
});

describe('a press on a heading', () => {
  it('begins with what one looks for first: large ones, used ones, names from A', () => {
    const byName: Sort = { by: 'name', descending: false };
    expect(pressed(byName, 'size')).toEqual({ by: 'size', descending: true });
    expect(pressed(byName, 'lastUsed')).toEqual({ by: 'lastUsed', descending: true });
    expect(pressed({ by: 'size', descending: true }, 'name')).toEqual(byName);
  });

  it('turns the same column round', () => {
    expect(pressed({ by: 'size', descending: true }, 'size')).toEqual({ by: 'size', descending: false });
  });
});
