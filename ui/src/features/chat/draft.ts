// What stands in the composer is kept while it is written: shortly after the last letter, and at once when the window
// goes away or another chat is opened. Saves of a chat never overtake each other.

/** Long enough not to write every letter, short enough that a crash costs a word. */
const AFTER = 400;

export type SaveDraft = (chat: string, text: string) => Promise<void>;

export class DraftKeeper {
  readonly #save: SaveDraft;
  readonly #pending = new Map<string, string>();
  readonly #saved = new Map<string, string>();
  #running: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(save: SaveDraft) {
    this.#save = save;
  }

  /** The text that stands in the composer now, if it is newer than what the host knows. */
  newest(chat: string): string | undefined {
    return this.#pending.get(chat) ?? this.#saved.get(chat);
  }

  write(chat: string, text: string): void {
    if (this.newest(chat) === text) return;
    this.#pending.set(chat, text);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), AFTER);
  }

  /** The text was sent: the host empties the draft itself, and a late save must not bring it back. */
  sent(chat: string): void {
    this.#pending.delete(chat);
    this.#saved.set(chat, '');
  }

  /** Saves now what is not saved; resolves when it is, or when it could not be. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    const texts = [...this.#pending];
    this.#pending.clear();
    for (const [chat, text] of texts) {
      this.#saved.set(chat, text);
      this.#running = this.#running.then(() =>
        this.#save(chat, text).catch(() => {
          // The chat may be gone. If it is not, the next letter tries again.
          if (this.#saved.get(chat) === text) this.#saved.delete(chat);
        }),
      );
    }
    return this.#running;
  }
}
