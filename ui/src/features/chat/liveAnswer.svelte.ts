// An answer that is being written. Words come in batches and are appended to plain strings; the page sees them once a
// frame. Whoever shows it may come late or come back: the first event of the stream is all of it so far.

import type { AnswerEvent, ErrorInfo, Message } from '../../contract/bindings';

/** Opens the stream of one message; the result closes it. */
export type Watch = (
  message: string,
  see: (event: AnswerEvent) => void,
  ended: (error: ErrorInfo | null) => void,
) => () => void;

/** Calls once, soon: the next frame on a page that is seen. Returns what takes it back. */
export type Schedule = (run: () => void) => () => void;

export interface LiveParts {
  watch: Watch;
  schedule: Schedule;
  /** Milliseconds, from any zero. */
  now: () => number;
  /** It ended; this is how it was stored. */
  onended: (message: Message) => void;
  /** The stream broke off before the end; the record has to be read again. */
  onlost: () => void;
}

export interface Prefill {
  done: number;
  total: number;
}

export class LiveAnswer {
  readonly id: string;
  /** The message as it was when last told whole; its text grows below. */
  message: Message = $state.raw() as Message;
  text = $state.raw('');
  reasoning = $state.raw('');
  prefill = $state.raw<Prefill | null>(null);
  /** When the reasoning began and ended, on the clock of `now`; the end is `null` while it goes on. */
  thinking = $state.raw<{ since: number; until: number | null } | null>(null);

  readonly #parts: LiveParts;
  #text = '';
  #reasoning = '';
  #close: (() => void) | null = null;
  #unschedule: (() => void) | null = null;
  #over = false;

  constructor(message: Message, parts: LiveParts) {
    this.id = message.id;
    this.#parts = parts;
    this.#take(message);
    this.#show();
    this.#open();
  }

  /** Nothing has been said yet. */
  get silent(): boolean {
    return this.text === '' && this.reasoning === '';
  }

  /** Stops listening; the answer itself goes on. */
  close(): void {
    this.#over = true;
    this.#unschedule?.();
    this.#close?.();
    this.#close = null;
  }

  #open(): void {
    this.#close = this.#parts.watch(
      this.id,
      (event) => {
        if (!this.#over) this.#see(event);
      },
      () => {
        if (this.#over) return;
        this.close();
        this.#parts.onlost();
      },
    );
    // A stream may have ended while it was being opened.
    if (this.#over) this.close();
  }

  #see(event: AnswerEvent): void {
    switch (event.kind) {
      case 'snapshot':
        this.#take(event.message);
        break;
      case 'prefill':
        this.prefill = { done: event.done, total: event.total };
        return;
      case 'delta':
        this.#append(event.text ?? '', event.reasoning ?? '');
        break;
      case 'ended':
        this.#take(event.message);
        this.#show();
        this.close();
        this.#parts.onended(event.message);
        return;
    }
    this.#unschedule ??= this.#parts.schedule(() => {
      this.#unschedule = null;
      this.#show();
    });
  }

  #take(message: Message): void {
    this.message = message;
    this.#text = message.text;
    this.#reasoning = message.reasoning;
    if (message.reasoning !== '' && !this.thinking) {
      // Seen from the middle: what is known is how long it took, or how long it has taken.
      const now = this.#parts.now();
      const since =
        message.reasoning_ms === null
          ? Math.min(now, now - (Date.now() - message.created_at))
          : now - message.reasoning_ms;
      this.thinking = { since, until: message.text === '' ? null : now };
    }
  }

  #append(text: string, reasoning: string): void {
    const now = this.#parts.now();
    if (reasoning !== '' && !this.thinking) this.thinking = { since: now, until: null };
    if (text !== '' && this.thinking?.until === null)
      this.thinking = { since: this.thinking.since, until: now };
    this.#text += text;
    this.#reasoning += reasoning;
    if (this.message.status === 'waiting') this.message = { ...this.message, status: 'streaming' };
  }

  #show(): void {
    this.text = this.#text;
    this.reasoning = this.#reasoning;
    if (this.#text !== '' || this.#reasoning !== '') this.prefill = null;
  }
}

/** The next frame; on a page that is hidden, where there are no frames, a quarter of a second. */
export const nextFrame: Schedule = (run) => {
  if (document.visibilityState === 'hidden') {
    const timer = setTimeout(run, 250);
    return () => clearTimeout(timer);
  }
  const frame = requestAnimationFrame(run);
  return () => cancelAnimationFrame(frame);
};
