import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { resolveTheme } from './theme';

/** A system that is light or dark and can change its mind. */
function system(dark: boolean) {
  const listeners = new Set<() => void>();
  const query = {
    matches: dark,
    addEventListener: (_name: string, listener: () => void) => listeners.add(listener),
  };
  vi.stubGlobal('matchMedia', () => query);
  return (next: boolean) => {
    query.matches = next;
    for (const listener of listeners) listener();
  };
}

const shown = () => document.documentElement.dataset['theme'];

describe('the theme', () => {
  beforeEach(() => {
    localStorage.clear();
    vi.resetModules();
  });
  afterEach(() => vi.unstubAllGlobals());

  it('is the chosen one whatever the system says', () => {
    expect(resolveTheme('light', true)).toBe('light');
    expect(resolveTheme('dark', false)).toBe('dark');
    expect(resolveTheme('system', true)).toBe('dark');
  });

  it('follows the system while it is running, and no longer once one is chosen', async () => {
    const turn = system(false);
    const { applyTheme } = await import('./theme');
    applyTheme('system');
    expect(shown()).toBe('light');
    turn(true);
    expect(shown(), 'the evening came').toBe('dark');
    applyTheme('light');
    expect(shown()).toBe('light');
    turn(true);
    expect(shown(), 'the choice holds').toBe('light');
  });

  it('is remembered for the first paint of the next start', async () => {
    system(false);
    const first = await import('./theme');
    first.applyTheme('dark');
    delete document.documentElement.dataset['theme'];
    vi.resetModules();
    const second = await import('./theme');
    second.applyRememberedTheme();
    expect(shown()).toBe('dark');
  });

  it('sets the size of the text with it', async () => {
    system(false);
    const { applyAppearance } = await import('./theme');
    applyAppearance({ theme: 'light', text_size: 18 });
    expect(document.documentElement.style.getPropertyValue('--chat-size')).toBe('18px');
  });
});
