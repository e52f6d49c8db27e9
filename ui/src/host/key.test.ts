import { describe, expect, it } from 'vitest';

import { sessionKey, type KeyPlace } from './key';

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
  const spent: string[] = [];
  const open = () =>
    sessionKey(window, (entry) => {
      spent.push(entry);
      return Promise.resolve(`session of ${entry}`);
    });
  return { open, shown, kept, spent };
}

describe('the key in the address', () => {
  it('is taken out of it and exchanged for the key of this tab', async () => {
    const { open, shown, kept, spent } = place('#key=s3cr%2Bt');
    expect(await open()).toBe('session of s3cr+t');
    expect(shown, 'nobody reads it over a shoulder').toEqual(['/']);
    expect(spent).toEqual(['s3cr+t']);

    const reloaded = place('#/chat', kept);
    expect(await reloaded.open(), 'a reload is still let in').toBe('session of s3cr+t');
    expect(reloaded.spent, 'and spends nothing').toEqual([]);
  });

  it('leaves the page that the address also names', async () => {
    const { open, shown } = place('#/models&key=abc');
    expect(await open()).toBe('session of abc');
    expect(shown).toEqual(['/#/models']);
  });

  it('is null where there was none', async () => {
    const { open, shown } = place('#/chat/monkey=1');
    expect(await open()).toBeNull();
    expect(shown, 'the address stays as it is').toEqual([]);
  });

  it('opens the page that may keep nothing, as long as it stays', async () => {
    const denying = (hash: string): KeyPlace => ({
      location: { hash, pathname: '/', search: '' },
      history: { state: null, replaceState: () => {} },
      get sessionStorage(): Storage {
        throw new DOMException('Access is denied for this document.', 'SecurityError');
      },
    });
    const enter = (entry: string) => Promise.resolve(`session of ${entry}`);
    expect(await sessionKey(denying('#key=abc'), enter)).toBe('session of abc');
    expect(await sessionKey(denying(''), enter), 'a reload needs another address').toBeNull();
  });
});
