// Whether the panel with a chat's settings is open. Beside the chat it is the same for all chats, and still so at the
// next start; where there is no room for it (under 1100 px) it opens over the chat, and is never open by itself.

const KEY = 'inglenook.inspector';
const NO_ROOM = '(max-width: 1099.98px)';

/** A setting that the person is sent to. */
export type Field = 'context_length';

export class Inspector {
  /** There is no room for it beside the chat. */
  narrow = $state(false);
  /** The setting that is to have the focus as soon as it is there. */
  wanted = $state<Field | null>(null);
  #beside = $state(read());
  #over = $state(false);

  constructor() {
    const query = globalThis.matchMedia?.(NO_ROOM);
    if (!query) return;
    this.narrow = query.matches;
    query.addEventListener('change', () => {
      this.narrow = query.matches;
      this.#over = false;
    });
  }

  get open(): boolean {
    return this.narrow ? this.#over : this.#beside;
  }

  /** It lies over the chat now. */
  get covers(): boolean {
    return this.narrow && this.#over;
  }

  toggle(): void {
    this.wanted = null;
    if (this.narrow) {
      this.#over = !this.#over;
      return;
    }
    this.#beside = !this.#beside;
    try {
      localStorage.setItem(KEY, this.#beside ? 'open' : 'closed');
    } catch {
      // A window without storage forgets it; nothing else depends on it.
    }
  }

  /** Takes it away from over the chat; beside the chat it stays. */
  closeOverlay(): void {
    this.#over = false;
  }

  /** Shows this setting and gives it the focus. */
  showField(field: Field): void {
    if (!this.open) this.toggle();
    this.wanted = field;
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
