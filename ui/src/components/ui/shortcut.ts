// Shortcuts are written once, as "Mod+Shift+K", and read here: as words for people and as a test for key events.

export const isMac = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '');

const MAC: Record<string, string> = {
  Mod: '⌘',
  Shift: '⇧',
  Alt: '⌥',
  Enter: '↩',
  Escape: 'esc',
  Backspace: '⌫',
};
const ELSEWHERE: Record<string, string> = { Mod: 'Ctrl', Escape: 'Esc' };

/** How people read it: "⌘K" or "Ctrl+K". */
export function shortcutLabel(keys: string, mac = isMac): string {
  const names = mac ? MAC : ELSEWHERE;
  return keys
    .split('+')
    .map((key) => names[key] ?? key)
    .join(mac ? '' : '+');
}

/** Whether this key press is that shortcut, no more and no fewer modifiers. */
export function matchesShortcut(event: KeyboardEvent, keys: string, mac = isMac): boolean {
  const parts = keys.split('+');
  const wanted = parts.at(-1) ?? '';
  const mod = mac ? event.metaKey : event.ctrlKey;
  const other = mac ? event.ctrlKey : event.metaKey;
  return (
    event.key.toLowerCase() === wanted.toLowerCase() &&
    mod === parts.includes('Mod') &&
    !other &&
    event.shiftKey === parts.includes('Shift') &&
    event.altKey === parts.includes('Alt')
  );
}
