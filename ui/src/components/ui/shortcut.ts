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

/** Where a key lies that no letter names. */
const PLACES: Record<string, string> = { ',': 'Comma' };

/**
 * Whether this is the key. Keyboards of other scripts have no Latin letters: there, its place on the keyboard counts.
 * Where a Latin letter comes, it alone counts, since Dvorak and AZERTY have theirs in other places.
 */
function isKey({ key, code }: KeyboardEvent, wanted: string): boolean {
  if (key.toLowerCase() === wanted.toLowerCase()) return true;
  if (wanted.length !== 1 || /[\p{ASCII}\p{Script=Latin}]/u.test(key)) return false;
  return code === (PLACES[wanted] ?? `Key${wanted.toUpperCase()}`);
}

/** Whether this key press is that shortcut, no more and no fewer modifiers. */
export function matchesShortcut(event: KeyboardEvent, keys: string, mac = isMac): boolean {
  const parts = keys.split('+');
  const mod = mac ? event.metaKey : event.ctrlKey;
  const other = mac ? event.ctrlKey : event.metaKey;
  return (
    isKey(event, parts.at(-1) ?? '') &&
    mod === parts.includes('Mod') &&
    !other &&
    event.shiftKey === parts.includes('Shift') &&
    event.altKey === parts.includes('Alt')
  );
}
