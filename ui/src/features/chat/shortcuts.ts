// The keys of an open chat.

import { matchesShortcut } from '../../components/ui/shortcut';
import { inspector } from './inspector.svelte';
import type { ChatSession } from './session.svelte';

export const CHAT_KEYS = {
  inspector: 'Mod+I',
  copy: 'Mod+Shift+C',
  regenerate: 'Mod+R',
  stop: 'Escape',
} as const;

export interface ShortcutParts {
  session: ChatSession;
  /** Puts the cursor into the composer. */
  focus: () => void;
  copyLast: () => void;
}

/** Something is open above the chat that takes the keys first. */
function covered(): boolean {
  return document.querySelector('[role="dialog"], [role="menu"], [role="listbox"]') !== null;
}

export function chatShortcuts({ session, focus, copyLast }: ShortcutParts): (event: KeyboardEvent) => void {
  const run = (event: KeyboardEvent, work: () => void): void => {
    event.preventDefault();
    work();
  };
  return (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (matchesShortcut(event, CHAT_KEYS.inspector)) run(event, () => inspector.toggle());
    else if (matchesShortcut(event, CHAT_KEYS.copy)) run(event, copyLast);
    else if (matchesShortcut(event, CHAT_KEYS.regenerate)) {
      // Also where there is nothing to regenerate: these keys must never load the window anew.
      run(event, () => {
        if (session.lastAnswer && !session.answering) session.regenerate(session.lastAnswer);
      });
    } else if (matchesShortcut(event, CHAT_KEYS.stop) && session.answering && !covered()) run(event, () => session.stop());
    else if (typed(event) && !covered()) focus();
  };
}

/** A letter typed while nothing that takes letters has the focus: it is meant for the composer. */
function typed(event: KeyboardEvent): boolean {
  if (event.key.length !== 1 || event.key === ' ' || event.ctrlKey || event.metaKey || event.altKey) return false;
  const target = event.target;
  return target === document.body || (target instanceof Element && target.matches('[role="feed"]'));
}
