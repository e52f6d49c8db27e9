// Who renders what: at most two workers for all messages (one each would cost hundreds of megabytes in a long chat),
// the newest job of a message wins, a job that hangs costs its worker only, and where workers do not start the page
// renders itself.

import { escapeHtml } from './escape';
import type { Rendered, RenderJob } from './types';
import type { WorkerAnswer } from './worker';

/** Two keep a live answer smooth while older messages are read in; more only use memory. */
const WORKERS = 2;

/** No real message takes a tenth of this; what does is stopped and shown as it was written. */
const LONGEST_JOB = 8_000;

/** Finished texts that can be shown at once when they scroll back into sight. */
const REMEMBERED = 400;

type Settle = (rendered: Rendered | null) => void;

interface Waiting {
  job: RenderJob;
  settle: Settle;
}

/** What the pool needs of a `Worker`, so that tests can give it another. */
export interface WorkerLike {
  postMessage(job: RenderJob): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<WorkerAnswer>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

export interface PoolParts {
  startWorker(): WorkerLike;
  /** Renders on the page. */
  renderHere(job: RenderJob): Promise<Rendered>;
}

interface Seat {
  worker: WorkerLike | null;
  active: Waiting | null;
  timer: ReturnType<typeof setTimeout> | undefined;
}

export class RenderPool {
  readonly #parts: PoolParts;
  readonly #seats: Seat[] = [];
  readonly #waiting = new Map<string, Waiting>();
  readonly #finished = new Map<string, { text: string; rendered: Rendered }>();
  #broken = false;

  constructor(parts: PoolParts) {
    this.#parts = parts;
    for (let seat = 0; seat < WORKERS; seat += 1)
      this.#seats.push({ worker: null, active: null, timer: undefined });
  }

  /** Starts the workers before the first text comes: loading them takes longer than reading a page of messages. */
  warm(): void {
    for (const seat of this.#seats) if (!seat.worker && !this.#broken) this.#hire(seat);
  }

  /** What was rendered before for exactly this finished text. */
  remembered(id: string, text: string): Rendered | null {
    const known = this.#finished.get(id);
    return known?.text === text ? known.rendered : null;
  }

  /** The text as blocks; `null` if a newer job of the same id took its place. */
  render(job: RenderJob): Promise<Rendered | null> {
    return new Promise((settle) => {
      this.#waiting.get(job.id)?.settle(null);
      this.#waiting.set(job.id, { job, settle });
      this.#next();
    });
  }

  #next(): void {
    for (const [id, waiting] of this.#waiting) {
      // Two jobs of one message never run side by side: the older could answer last.
      if (this.#seats.some(({ active }) => active?.job.id === id)) continue;
      const seat = this.#seatFor(id);
      if (!seat) continue;
      this.#waiting.delete(id);
      this.#start(seat, waiting);
    }
  }

  /** A message stays with its worker as long as that one is free: its blocks are cached there. */
  #seatFor(id: string): Seat | undefined {
    let sum = 0;
    for (let index = 0; index < id.length; index += 1) sum = (sum * 31 + id.charCodeAt(index)) >>> 0;
    const own = this.#seats[sum % this.#seats.length];
    return own?.active ? this.#seats.find(({ active }) => active === null) : own;
  }

  #start(seat: Seat, waiting: Waiting): void {
    seat.active = waiting;
    if (!this.#broken && !seat.worker) this.#hire(seat);
    if (!seat.worker) {
      void this.#parts.renderHere(waiting.job).then(
        (rendered) => this.#end(seat, rendered),
        () => this.#end(seat, plain(waiting.job)),
      );
      return;
    }
    seat.timer = setTimeout(() => {
      this.#dismiss(seat);
      this.#end(seat, plain(waiting.job));
    }, LONGEST_JOB);
    seat.worker.postMessage(waiting.job);
  }

  #hire(seat: Seat): void {
    try {
      const worker = this.#parts.startWorker();
      worker.onmessage = ({ data }) => {
        if (seat.active?.job.id !== data.id) return;
        this.#end(seat, 'rendered' in data ? data.rendered : plain(seat.active.job));
      };
      worker.onerror = () => {
        this.#broken = true;
        this.#dismiss(seat);
        if (seat.active) this.#start(seat, seat.active);
      };
      seat.worker = worker;
    } catch {
      this.#broken = true;
    }
  }

  #dismiss(seat: Seat): void {
    clearTimeout(seat.timer);
    seat.worker?.terminate();
    seat.worker = null;
  }

  #end(seat: Seat, rendered: Rendered): void {
    clearTimeout(seat.timer);
    const done = seat.active;
    seat.active = null;
    if (done) {
      if (!done.job.streaming) this.#remember(done.job, rendered);
      done.settle(rendered);
    }
    this.#next();
  }

  #remember(job: RenderJob, rendered: Rendered): void {
    this.#finished.delete(job.id);
    this.#finished.set(job.id, { text: job.text, rendered });
    for (const id of this.#finished.keys()) {
      if (this.#finished.size <= REMEMBERED) return;
      this.#finished.delete(id);
    }
  }
}

/** The text as it was written, where it could not be read. */
function plain(job: RenderJob): Rendered {
  return {
    blocks: [{ kind: 'html', key: '0', html: `<p class="as-written">${escapeHtml(job.text)}</p>` }],
    math: false,
  };
}
