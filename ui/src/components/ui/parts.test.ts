import { describe, expect, it } from 'vitest';

import { matchesShortcut, shortcutLabel } from './shortcut';

describe('shortcuts', () => {
  const press = (init: KeyboardEventInit) => new KeyboardEvent('keydown', init);

  it('are written as the keyboard is', () => {
    expect(shortcutLabel('Mod+Shift+K', false)).toBe('Ctrl+Shift+K');
    expect(shortcutLabel('Mod+Shift+K', true)).toBe('⌘⇧K');
  });

  it('want exactly their keys', () => {
    expect(matchesShortcut(press({ key: 'k', ctrlKey: true }), 'Mod+K', false)).toBe(true);
    expect(matchesShortcut(press({ key: 'K', ctrlKey: true, shiftKey: true }), 'Mod+K', false)).toBe(false);
    expect(matchesShortcut(press({ key: 'k', ctrlKey: true }), 'Mod+K', true), 'a Mac has another key').toBe(
      false,
    );
    expect(matchesShortcut(press({ key: 'k', metaKey: true }), 'Mod+K', true)).toBe(true);
  });
});
