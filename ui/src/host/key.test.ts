import { describe, expect, it } from 'vitest';

import { takeKey, type KeyPlace } from './key';

function place(hash: string, kept: Record<string, string> = {}) {
  const shown: string[] = [];
  const window: KeyPlace = {
    location: { hash, pathname: '/', search: '' },
    history: { state: null, replaceState: (_state, _title, url) => shown.push(String(url)) },
    sessionStorage: {
      getItem: (name) => kept[name] ?? null,
      setItem: (name, value) => {
        kept[name] = value;
      },
    },
  };
  return { window, shown, kept };
}

describe('the key in the address', () => {
  it('is taken out of it and kept for this tab', () => {
    const { window, shown, kept } = place('#key=s3cr%2Bt');
    expect(takeKey(window)).toBe('s3cr+t');
    expect(shown, 'nobody reads it over a shoulder').toEqual(['/']);
    expect(takeKey(place('#/chat', kept).window), 'a reload still has it').toBe('s3cr+t');
  });

  it('leaves the page that the address also names', () => {
    const { window, shown } = place('#/models&key=abc');
    expect(takeKey(window)).toBe('abc');
    expect(shown).toEqual(['/#/models']);
  });

  it('is null where there was none', () => {
    const { window, shown } = place('#/chat/monkey=1');
    expect(takeKey(window)).toBeNull();
    expect(shown, 'the address stays as it is').toEqual([]);
  });
});
