// Where a download stands, in words, and what can be done with it then.
import type { Download, DownloadId } from '../../contract/bindings';
import { format } from '../../data';
import { leftWords, timeLeft } from './pace';
import { words } from './words';

/** What stands beside the bar, apart from a wait that counts down; `speed` is the smoothed one, bytes a second. */
export function progressParts(download: Download, speed: number | null): string[] {
  const { state, size_bytes, done_bytes } = download;
  const far = format.bytesOf(done_bytes, size_bytes);
  switch (state.kind) {
    case 'queued':
      return done_bytes > 0 ? [far, words.queued] : [format.bytes(size_bytes), words.queued];
    case 'running':
      return speed === null
        ? [far, words.starting]
        : [far, words.speed(speed), leftWords(timeLeft(size_bytes - done_bytes, speed))].filter(Boolean);
    case 'waiting':
    case 'failed':
      return [far];
    case 'verifying':
      return [format.bytes(size_bytes), words.checking(format.percent(state.fraction))];
    case 'paused':
      return [far, words.paused];
    case 'done':
      return [format.bytes(size_bytes), words.here];
  }
}

/** How full the bar is, 0 to 1. */
export function fraction({ size_bytes, done_bytes }: Download): number {
  return size_bytes > 0 ? Math.min(1, done_bytes / size_bytes) : 0;
}

export const canPause = ({ state }: Download) =>
  state.kind === 'queued' || state.kind === 'running' || state.kind === 'waiting';

export const canResume = ({ state }: Download) => state.kind === 'paused' || state.kind === 'failed';

/** Those that are not done, in the order in which their turn comes. */
export function queue(downloads: readonly Download[]): Download[] {
  return downloads.filter(({ state }) => state.kind !== 'done');
}

/** Done ones, the newest first. */
export function finished(downloads: readonly Download[]): Download[] {
  return downloads.filter(({ state }) => state.kind === 'done').toReversed();
}

/** In front of which one a download comes to stand when it moves by one place; `undefined` where it cannot. */
export function placeAfterMove(
  waiting: readonly Download[],
  id: DownloadId,
  by: -1 | 1,
): DownloadId | null | undefined {
  const at = waiting.findIndex((one) => one.id === id);
  if (at === -1 || !waiting[at + by]) return undefined;
  return by === -1 ? waiting[at - 1]?.id : (waiting[at + 2]?.id ?? null);
}

/** More than this is not thrown away without asking, bytes. */
const ASKED_FROM = 100e6;

export const asksBeforeCancel = ({ done_bytes }: Download) => done_bytes > ASKED_FROM;

const PRIORITY: Download['state']['kind'][] = ['running', 'verifying', 'waiting', 'queued', 'paused'];

/** The one that is shown where there is room for one. */
export function foremost(downloads: readonly Download[]): Download | undefined {
  for (const kind of PRIORITY) {
    const first = downloads.find(({ state }) => state.kind === kind);
    if (first) return first;
  }
  return undefined;
}
