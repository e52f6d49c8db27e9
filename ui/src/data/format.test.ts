import { describe, expect, it, vi } from 'vitest';

import { LOCALE_OF_WORDS, wordsLocale } from '../words/language';
import {
  bytes,
  bytesOf,
  counted,
  dateTime,
  daysAgo,
  duration,
  many,
  memory,
  percent,
  relativeDay,
  relativeTime,
  wait,
  weights,
} from './format';

const NOW = new Date(2026, 2, 11, 9, 30).getTime();
const at = (day: number, hour = 12, month = 2, year = 2026) => new Date(year, month, day, hour).getTime();

describe('figures for people', () => {
  it('show sizes in GB with one decimal and smaller ones in MB', () => {
    expect(bytes(4.94e9)).toBe('4.9 GB');
    expect(bytes(0.97e9), 'close to one is one').toBe('1.0 GB');
    expect(bytes(531_400_000)).toBe('531 MB');
    expect(bytes(12_300)).toBe('12 kB');
    expect(bytes(40), 'something is not nothing').toBe('1 kB');
    expect(bytes(0)).toBe('0 kB');
  });

  it('tell memory as it is sold, with a decimal only where there is one', () => {
    const GB = 1024 ** 3;
    expect(memory(16 * GB, 'en')).toBe('16 GB');
    expect(memory(23.4 * GB, 'en')).toBe('23.4 GB');
    expect(memory(512 * 1024 ** 2, 'en')).toBe('512 MB');
    expect(memory(23.4 * GB, 'de'), 'as the locale writes it').toBe('23,4 GB');
  });

  it('count and weigh', () => {
    expect(counted(1, 'chat')).toBe('1 chat');
    expect(counted(0, 'chat')).toBe('0 chats');
    expect(weights(4.02e9)).toBe('4.0 B');
    expect(weights(1.35e8)).toBe('135 M');
  });

  it('never show 100 % before the end', () => {
    expect(percent(0.999)).toBe('99 %');
    expect(percent(1)).toBe('100 %');
    expect(percent(2)).toBe('100 %');
  });

  it('tell how much of a size is here, in one unit', () => {
    expect(bytesOf(1.62e9, 2.5e9)).toBe('1.6 of 2.5 GB');
    expect(bytesOf(40e6, 2.5e9)).toBe('0.0 of 2.5 GB');
    expect(bytesOf(40e6, 531e6)).toBe('40 of 531 MB');
  });

  it('count waits down in whole units', () => {
    expect(wait(0), 'never nothing').toBe('1 s');
    expect(wait(54_200)).toBe('55 s');
    expect(wait(89_500)).toBe('2 min');
    expect(wait(3_600_000)).toBe('1 h');
    expect(wait(4_750_000)).toBe('1 h 20 min');
  });

  it('shorten how many people did something', () => {
    expect(many(812)).toBe('812');
    expect(many(1_900)).toBe('1.9 k');
    expect(many(640_400)).toBe('640 k');
    expect(many(999_800), 'rounds into the next unit').toBe('1 M');
    expect(many(1_212_000)).toBe('1.2 M');
  });

  it('show durations in the units that matter', () => {
    expect(duration(420)).toBe('0.4 s');
    expect(duration(59_600), 'rounds into the next unit').toBe('1 min');
    expect(duration(185_000)).toBe('3 min 5 s');
    expect(duration(7_800_000)).toBe('2 h 10 min');
  });
});

describe('days', () => {
  it('change at midnight, not after 24 hours', () => {
    expect(daysAgo(at(10, 23), NOW), 'ten hours ago, but yesterday').toBe(1);
    expect(daysAgo(at(11, 0), NOW)).toBe(0);
  });

  it('have names while they are near', () => {
    expect(relativeDay(at(11), NOW, 'en-GB')).toBe('Today');
    expect(relativeDay(at(10), NOW, 'en-GB')).toBe('Yesterday');
    expect(relativeDay(at(6), NOW, 'en-GB')).toBe('Friday');
    expect(relativeDay(at(3), NOW, 'en-GB')).toBe('3 March');
    expect(relativeDay(at(3, 12, 2, 2024), NOW, 'en-GB'), 'another year says so').toBe('3 March 2024');
    expect(relativeDay(at(12), NOW, 'en-GB'), 'a clock that was set back').toBe('Today');
  });

  it('are told as time gone by', () => {
    expect(relativeTime(NOW - 5 * 60_000, NOW, 'en-GB')).toBe('5 minutes ago');
    expect(relativeTime(NOW - 3 * 3_600_000, NOW, 'en-GB')).toBe('3 hours ago');
    expect(relativeTime(at(10), NOW, 'en-GB')).toBe('yesterday');
    expect(relativeTime(NOW + 10_000, NOW, 'en-GB')).toBe('now');
  });

  it('are told in the language of the words around them', () => {
    expect(wordsLocale('de-DE'), 'no “Deleted vor 5 Minuten”').toBe('en-GB');
    expect(wordsLocale('en-US'), 'the month before the day, as it is written there').toBe('en-US');
    const asked = new Set<unknown>();
    class Relative extends Intl.RelativeTimeFormat {
      constructor(locale?: string, options?: Intl.RelativeTimeFormatOptions) {
        super(locale, options);
        asked.add(locale);
      }
    }
    class Dates extends Intl.DateTimeFormat {
      constructor(locale?: string, options?: Intl.DateTimeFormatOptions) {
        super(locale, options);
        asked.add(locale);
      }
    }
    vi.stubGlobal('Intl', { RelativeTimeFormat: Relative, DateTimeFormat: Dates });
    for (const then of [NOW, NOW - 5 * 60_000, at(10), at(6), at(3), at(3, 12, 2, 2024)]) {
      relativeTime(then, NOW);
      relativeDay(then, NOW);
      dateTime(then);
    }
    vi.unstubAllGlobals();
    expect([...asked]).toEqual([LOCALE_OF_WORDS]);
  });
});
