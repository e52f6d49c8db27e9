import { expect, it } from 'vitest';

import { aRow } from './fixtures';
import { ageWords, badges, rowLabel, rowLine } from './words';

const DAY = 86_400_000;
const NOW = new Date(2026, 5, 15, 12).getTime();

it('a row says whose it is and how many took it', () => {
  expect(rowLine(aRow())).toBe('Qwen · 1.2 M downloads · ♥ 812');
  expect(badges(aRow({ vision: true, licence: null }))).toEqual(['GGUF', 'Tools', 'Vision']);
});

it('a row is heard whole, its terms included', () => {
  expect(rowLabel(aRow({ gated: true }))).toBe(
    'Qwen3 4B, Qwen, 1.2 M downloads, 812 likes, GGUF, Apache 2.0, Tools, Terms to accept',
  );
});

it('the age of a repository is told in days while that says something', () => {
  expect(ageWords(NOW - 3 * 3_600_000, NOW)).toBe('3 hours ago');
  expect(ageWords(NOW - 12 * DAY, NOW)).toBe('12 days ago');
  expect(ageWords(NOW - 95 * DAY, NOW)).toBe('3 months ago');
  expect(ageWords(NOW - 800 * DAY, NOW)).toBe('2 years ago');
});
