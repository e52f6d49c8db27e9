import { describe, expect, it } from 'vitest';

import { clampTo, readNumber } from './number';
import { matchesShortcut, shortcutLabel } from './shortcut';

describe('numbers that people type', () => {
  it('are read with a dot, a comma or separators', () => {
    expect(readNumber('0.7')).toBe(0.7);
    expect(readNumber('0,7')).toBe(0.7);
    expect(readNumber('8,192')).toBe(8192);
    expect(readNumber('8 192')).toBe(8192);
    expect(readNumber(' -2 ')).toBe(-2);
    expect(readNumber('lots')).toBeNull();
    expect(readNumber(''), 'nothing is not zero').toBeNull();
  });

  it('become the nearest step inside of the bounds', () => {
    expect(clampTo(0.1 + 0.2, 0, 2, 0.05)).toBe(0.3);
    expect(clampTo(9, 0, 2, 0.05)).toBe(2);
    expect(clampTo(5000, 512, 8192, 512)).toBe(5120);
  });
});

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
