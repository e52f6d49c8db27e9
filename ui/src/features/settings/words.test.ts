import { describe, expect, it } from 'vitest';

import { SECTIONS, sectionOf, words } from './words';

describe('the settings', () => {
  it('open at an address, and at the first section for one that does not exist', () => {
    expect(sectionOf('privacy')).toBe('privacy');
    expect(sectionOf('no-such-section')).toBe('general');
    expect(SECTIONS[0]).toBe('general');
  });

  it('tell after how long a model leaves', () => {
    expect(words.idle.minutes(0)).toBe('Never');
    expect(words.idle.minutes(15)).toBe('15 min');
    expect(words.idle.minutes(60)).toBe('1 hour');
    expect(words.idle.minutes(120)).toBe('2 hours');
    expect(words.idle.minutes(90)).toBe('90 min');
  });
});
