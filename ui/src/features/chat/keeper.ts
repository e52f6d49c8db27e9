// What a person writes or sets in a chat is kept while they do it: shortly after the last change, and at once when the
// window goes away or another chat is opened. Saves of a chat never overtake each other. What could not be saved is
// not forgotten: it is told once and tried again, until it is saved or its chat is gone.

import { HostError } from '../../host/host';

/** Long enough not to write every letter, short enough that a crash costs a word; milliseconds. */
const AFTER = 400;

/** After a failure; twice as long after each one that follows, milliseconds. */
const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 60_000;

export type Save<Value> = (chat: string, value: Value) => Promise<void>;

export class Keeper<Value> {
  readonly #save: Save<Value>;
  readonly #tell: (error: unknown) => void;
  readonly #pending = new Map<string, Value>();
  readonly #saved = new Map<string, Value>();
  /** Saves on their way. */
  readonly #under = new Map<string, number>();
  /** Why the last save of a chat failed. */
  readonly #failures = new Map<string, unknown>();
  #running: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pause = FIRST_PAUSE;

  /** `tell` hears of the first failure, and of the next only after something could be saved. */
  constructor(save: Save<Value>, tell: (error: unknown) => void = () => undefined) {
    this.#save = save;
    this.#tell = tell;
  }

  /** What was written last, if that may be newer than what the host knows. */
  newest(chat: string): Value | undefined {
    return this.#pending.get(chat) ?? this.#saved.get(chat);
  }

  /** Why what was written last is not saved, if saving it failed. */
  failure(chat: string): unknown {
    return this.#failures.get(chat);
  }

  write(chat: string, value: Value): void {
    if (this.newest(chat) === value) return;
    this.#pending.set(chat, value);
    this.#later(AFTER);
  }

  /** The host has this value by another way; a late save must not bring an older one back. */
  settled(chat: string, value: Value): void {
    this.#failures.delete(chat);
    if (this.#under.has(chat)) {
      // Nobody knows which of the two the host meets last.
      this.#pending.set(chat, value);
      this.#later(AFTER);
      return;
    }
    this.#pending.delete(chat);
    this.#saved.set(chat, value);
  }

  /** Saves now what is not saved; resolves to whether everything is. */
  async flush(): Promise<boolean> {
    clearTimeout(this.#timer);
    const values = [...this.#pending];
    this.#pending.clear();
    for (const [chat, value] of values) {
      this.#saved.set(chat, value);
      this.#under.set(chat, (this.#under.get(chat) ?? 0) + 1);
      this.#running = this.#running.then(() => this.#hand(chat, value));
    }
    await this.#running;
    return this.#failures.size === 0;
  }

  async #hand(chat: string, value: Value): Promise<void> {
    try {
      await this.#save(chat, value);
      this.#failures.delete(chat);
      this.#pause = FIRST_PAUSE;
    } catch (error) {
      // Something newer is on its way, or the host has it by another way.
      if (this.#saved.get(chat) === value) this.#missed(chat, value, error);
    } finally {
      const left = (this.#under.get(chat) ?? 1) - 1;
      if (left > 0) this.#under.set(chat, left);
      else this.#under.delete(chat);
    }
  }

  #missed(chat: string, value: Value, error: unknown): void {
    this.#saved.delete(chat);
    if (HostError.from(error).info.code === 'not_found') {
      this.#failures.delete(chat);
      this.#pending.delete(chat);
      return;
    }
    if (this.#failures.size === 0) this.#tell(error);
    this.#failures.set(chat, error);
    // What is pending has its time already, and that is nearer.
    if (this.#pending.size === 0) {
      this.#later(this.#pause);
      this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    }
    if (!this.#pending.has(chat)) this.#pending.set(chat, value);
  }

  #later(pause: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), pause);
  }
}
