// Whether the panel with a chat's settings is open. Beside the chat it is the same for all chats, and still so at the
// next start; where there is no room for it (under 1100 px) it opens over the chat, and is never open by itself.

import { PanelPlace } from '../../components/ui';

const KEY = 'inglenook.inspector';
const NO_ROOM = '(max-width: 1099.98px)';

/** A setting that the person is sent to. */
export type Field = 'context_length';

export class Inspector extends PanelPlace {
  /** The setting that is to have the focus as soon as it is there. */
  wanted = $state<Field | null>(null);

  constructor() {
    super(NO_ROOM, read(), keep);
  }

  /** It lies over the chat now. */
  get covers(): boolean {
    return this.narrow && this.open;
  }

  override toggle(): void {
    this.wanted = null;
    super.toggle();
  }

  /** Shows this setting and gives it the focus. */
  showField(field: Field): void {
    if (!this.open) this.toggle();
    this.wanted = field;
  }
}

function keep(open: boolean): void {
  try {
    localStorage.setItem(KEY, open ? 'open' : 'closed');
  } catch {
    // A window without storage forgets it; nothing else depends on it.
  }
}

function read(): boolean {
  try {
    return localStorage.getItem(KEY) === 'open';
  } catch {
    return false;
  }
}

export const inspector = new Inspector();
