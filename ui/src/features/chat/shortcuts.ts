// What can be done in a chat by keyboard. Most of it is known to the palette too; Escape and plain letters are not
// shortcuts but belong to the composer, wherever the focus is.

import CopyCheck from '@lucide/svelte/icons/copy-check';
import PanelRight from '@lucide/svelte/icons/panel-right';
import RefreshCw from '@lucide/svelte/icons/refresh-cw';
import Square from '@lucide/svelte/icons/square';

import { registerAction, type Action } from '../palette';
import { inspector } from './inspector.svelte';
import type { ChatSession } from './session.svelte';

/** Makes the actions of the chat that is shown known; `null` for one that does not exist yet. */
export function registerChatActions(session: ChatSession | null): () => void {
  const actions: Action[] = [
    {
      id: 'chat.inspector',
      label: 'Show or hide the settings of this chat',
      shortcut: 'Mod+I',
      keywords: ['parameters', 'inspector', 'system prompt', 'temperature'],
      icon: PanelRight,
      run: () => inspector.toggle(),
    },
    {
      // Known even where it cannot be done: these keys would load the window anew.
      id: 'chat.regenerate',
      label: 'Regenerate the last answer',
      shortcut: 'Mod+R',
      keywords: ['again', 'retry'],
      icon: RefreshCw,
      applies: () => session !== null && session.answered && !session.answering,
      run: () => void session?.regenerateLast(),
    },
  ];
  if (session) {
    actions.push(
      {
        id: 'chat.copyLast',
        label: 'Copy the last answer',
        shortcut: 'Mod+Shift+C',
        icon: CopyCheck,
        applies: () => session.answered,
        run: () => void session.copyLast(),
      },
      {
        id: 'chat.stop',
        label: 'Stop the answer',
        icon: Square,
        applies: () => session.answering,
        run: () => session.stop(),
      },
    );
  }
  const undo = actions.map(registerAction);
  return () => {
    for (const take of undo) take();
  };
}

/** Something is open above the chat that takes the keys first. */
function covered(): boolean {
  return (
    document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]') !== null
  );
}

/** Escape closes what lies over the chat, or stops the answer; a letter goes to the composer. */
export function chatKeys(session: ChatSession | null, focus: () => void): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.defaultPrevented || event.isComposing || covered()) return;
    if (event.key === 'Escape' && inspector.covers) {
      event.preventDefault();
      inspector.closeOverlay();
    } else if (event.key === 'Escape' && session?.answering) {
      event.preventDefault();
      session.stop();
    } else if (isTyped(event)) focus();
  };
}

/** A letter typed while nothing that takes letters has the focus. */
function isTyped(event: KeyboardEvent): boolean {
  if (event.key.length !== 1 || event.key === ' ' || event.ctrlKey || event.metaKey || event.altKey)
    return false;
  const { target } = event;
  return (
    target === document.body ||
    (target instanceof Element && target.querySelector(':scope [role="feed"]') !== null)
  );
}
