// One open chat's messages: pages as they come into sight, live answers as they grow, and the record read again when
// it changed. One request at a time, so that an older answer never covers a newer one.

import type { ErrorInfo, Message, MessagePage } from '../../contract/bindings';
import { LiveAnswer, type Schedule, type Watch } from './liveAnswer.svelte';
import { EMPTY, again, join, missing, replace, type Sight, type Slice } from './slice';

export interface ThreadParts {
  /** `from` is `null` for the newest. */
  page: (from: number | null, limit: number) => Promise<MessagePage>;
  watch: Watch;
  schedule: Schedule;
  now: () => number;
  /** What a failed request says, as the window shows it. */
  explain: (error: unknown) => ErrorInfo;
}

/** How long after a stream broke off the record is read again, milliseconds. */
const AFTER_LOSS = 1_000;

export class Thread {
  slice = $state.raw<Slice>(EMPTY);
  live = $state.raw<ReadonlyMap<string, LiveAnswer>>(new Map());
  /** The newest page has been read. */
  opened = $state.raw(false);
  /** Why the messages could not be read, if they could not. */
  error = $state.raw<ErrorInfo | null>(null);

  readonly #parts: ThreadParts;
  #sight: Sight = { first: 0, last: 0 };
  #busy: Promise<void> | null = null;
  #stale = false;
  #over = false;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(parts: ThreadParts) {
    this.#parts = parts;
  }

  /** Reads all that is here again, or the newest page at first. */
  refresh(): Promise<void> {
    this.#stale = true;
    return this.#work();
  }

  /** These rows are on the screen now. */
  look(sight: Sight): void {
    this.#sight = sight;
    if (missing(this.slice, sight)) void this.#work();
  }

  /** An answer that is being written now, if there is one. */
  get answering(): LiveAnswer | null {
    return this.live.values().next().value ?? null;
  }

  close(): void {
    this.#over = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const answer of this.live.values()) answer.close();
  }

  #work(): Promise<void> {
    this.#busy ??= this.#loop().finally(() => {
      this.#busy = null;
    });
    return this.#busy;
  }

  async #loop(): Promise<void> {
    while (!this.#over) {
      const ask = this.#stale ? again(this.slice) : missing(this.slice, this.#sight);
      if (!ask) return;
      this.#stale = false;
      try {
        const page = await this.#parts.page(ask.from, ask.limit);
        if (this.#over) return;
        if (!this.opened) this.#sight = newest(page);
        this.#adopt(join(this.slice, page, this.#sight));
        this.opened = true;
        this.error = null;
        // A page that brought nothing would be asked for for ever.
        const next = missing(this.slice, this.#sight);
        if (!this.#stale && next?.from === ask.from && next.limit === ask.limit) return;
      } catch (error) {
        // Shown with a way to try again; asking on and on would not help.
        if (!this.#over) this.error = this.#parts.explain(error);
        return;
      }
    }
  }

  #adopt(slice: Slice): void {
    this.slice = slice;
    const writing = slice.messages.filter(({ status }) => status === 'waiting' || status === 'streaming');
    const gone = [...this.live.keys()].filter((id) => !writing.some((message) => message.id === id));
    const fresh = writing.filter(({ id }) => !this.live.has(id));
    if (gone.length === 0 && fresh.length === 0) return;
    const live = new Map(this.live);
    for (const id of gone) {
      live.get(id)?.close();
      live.delete(id);
    }
    for (const message of fresh) live.set(message.id, this.#follow(message));
    this.live = live;
  }

  #follow(message: Message): LiveAnswer {
    return new LiveAnswer(message, {
      watch: this.#parts.watch,
      schedule: this.#parts.schedule,
      now: this.#parts.now,
      onended: (ended) => {
        this.slice = replace(this.slice, ended);
        this.#forget(ended.id);
      },
      onlost: () => {
        const timer = setTimeout(() => {
          this.#timers.delete(timer);
          this.#forget(message.id);
          void this.refresh();
        }, AFTER_LOSS);
        this.#timers.add(timer);
      },
    });
  }

  #forget(id: string): void {
    const live = new Map(this.live);
    live.delete(id);
    this.live = live;
  }
}

/** Before anything was on the screen, the newest messages will be. */
function newest(page: MessagePage): Sight {
  return { first: Math.max(0, page.total - 10), last: Math.max(0, page.total - 1) };
}
