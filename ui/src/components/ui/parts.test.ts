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

  it('work on keyboards that write no Latin letters, by the place of the key', () => {
    const has = (key: string, code: string, keys: string) =>
      matchesShortcut(press({ key, code, ctrlKey: true }), keys, false);
    expect(has('л', 'KeyK', 'Mod+K'), 'Russian').toBe(true);
    expect(has('κ', 'KeyK', 'Mod+K'), 'Greek').toBe(true);
    expect(has('لا', 'KeyB', 'Mod+B'), 'Arabic, a key of two letters').toBe(true);
    expect(has('б', 'Comma', 'Mod+,'), 'Russian, a letter where the comma is').toBe(true);
    expect(has('л', 'KeyK', 'Mod+L')).toBe(false);
  });

  it('go by the letter wherever there is a Latin one', () => {
    const has = (key: string, code: string, keys: string) =>
      matchesShortcut(press({ key, code, ctrlKey: true }), keys, false);
    expect(has('n', 'KeyL', 'Mod+N'), 'Dvorak').toBe(true);
    expect(has('n', 'KeyL', 'Mod+L'), 'Dvorak, the place of the L').toBe(false);
    expect(has('é', 'KeyW', 'Mod+W'), 'bépo').toBe(false);
    expect(has('Dead', 'KeyN', 'Mod+N')).toBe(false);
  });
});
