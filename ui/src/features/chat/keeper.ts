// What a person writes or sets in a chat is kept while they do it: shortly after the last change, and at once when the
// window goes away or another chat is opened. Saves of a chat never overtake each other.

/** Long enough not to write every letter, short enough that a crash costs a word; milliseconds. */
const AFTER = 400;

export type Save<Value> = (chat: string, value: Value) => Promise<void>;

export class Keeper<Value> {
  readonly #save: Save<Value>;
  readonly #pending = new Map<string, Value>();
  readonly #saved = new Map<string, Value>();
  #running: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(save: Save<Value>) {
    this.#save = save;
  }

  /** What was written last, if that may be newer than what the host knows. */
  newest(chat: string): Value | undefined {
    return this.#pending.get(chat) ?? this.#saved.get(chat);
  }

  write(chat: string, value: Value): void {
    if (this.newest(chat) === value) return;
    this.#pending.set(chat, value);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), AFTER);
  }

  /** The host has this value by another way; a late save must not bring an older one back. */
  settled(chat: string, value: Value): void {
    this.#pending.delete(chat);
    this.#saved.set(chat, value);
  }

  /** Saves now what is not saved; resolves when it is, or when it could not be. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    const values = [...this.#pending];
    this.#pending.clear();
    for (const [chat, value] of values) {
      this.#saved.set(chat, value);
      this.#running = this.#running.then(() =>
        this.#save(chat, value).catch(() => {
          // The chat may be gone. If it is not, the next change tries again.
          if (this.#saved.get(chat) === value) this.#saved.delete(chat);
        }),
      );
    }
    return this.#running;
  }
}
