// How long a download will take: from a speed that is smoothed, so that the words do not jump with every gust.
import type { Download, DownloadId } from '../../contract/bindings';
import { format } from '../../data';
import { words } from './words';

/** A smoothed speed and when it was. */
export interface Pace {
  /** Bytes a second. */
  speed: number;
  /** Milliseconds since 1970-01-01 UTC. */
  at: number;
}

/** After this long a new speed counts as much as all before it. */
const HALF_LIFE_MS = 5_000;

/** What was before a break this long says nothing. */
const FORGOTTEN_MS = 30_000;

/** The speed with what was measured now taken in. */
export function smoothed(before: Pace | undefined, speed: number, at: number): Pace {
  const age = before ? at - before.at : Infinity;
  if (!before || age > FORGOTTEN_MS || age < 0) return { speed, at };
  const weight = 1 - 0.5 ** (age / HALF_LIFE_MS);
  return { speed: before.speed + (speed - before.speed) * weight, at };
}

/** Milliseconds until so many bytes have come; `null` where that cannot be told. */
export function timeLeft(bytes: number, speed: number | null): number | null {
  if (speed === null || !(speed > 0)) return null;
  return (Math.max(0, bytes) / speed) * 1000;
}

const NEARLY_MS = 2_000;
const DAY_MS = 86_400_000;

/** "24 s left", "almost done"; empty where nobody knows. */
export function leftWords(milliseconds: number | null): string {
  if (milliseconds === null) return '';
  if (milliseconds < NEARLY_MS) return words.almostDone;
  if (milliseconds > DAY_MS) return words.overADay;
  return words.left(format.wait(milliseconds));
}

/** The speeds of all downloads. Asked twice about the same record it says the same twice. */
export class Paces {
  readonly #last = new Map<DownloadId, Pace>();
  readonly #known = new WeakMap<Download, number | null>();

  /** Bytes a second, smoothed; `null` while no bytes come. */
  of(download: Download, at: number): number | null {
    const known = this.#known.get(download);
    if (known !== undefined) return known;
    const speed = this.#take(download, at);
    this.#known.set(download, speed);
    return speed;
  }

  #take({ id, state }: Download, at: number): number | null {
    if (state.kind !== 'running') {
      this.#last.delete(id);
      return null;
    }
    if (state.bytes_per_s === null) return null;
    const pace = smoothed(this.#last.get(id), state.bytes_per_s, at);
    this.#last.set(id, pace);
    return pace.speed;
  }
}

/** Those of this window. */
export const paces = new Paces();
