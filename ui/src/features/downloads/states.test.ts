import { describe, expect, it } from 'vitest';

import type { DownloadState } from '../../contract/bindings';
import { onItsWay } from '../../data';
import { aDownload } from './fixtures';
import {
  asksBeforeCancel,
  canPause,
  canResume,
  finished,
  foremost,
  placeAfterMove,
  progressParts,
  queue,
} from './states';

const error = { code: 'unreachable', message: 'The hub does not answer.', retryable: true } as const;
const states: DownloadState[] = [
  { kind: 'queued' },
  { kind: 'running', bytes_per_s: 38e6 },
  { kind: 'waiting', until: 0, error },
  { kind: 'verifying', fraction: 0.43 },
  { kind: 'paused' },
  { kind: 'failed', error },
  { kind: 'done', model: 'm1' },
];
const kinds = (may: (download: ReturnType<typeof aDownload>) => boolean) =>
  states.filter((state) => may(aDownload({ state }))).map(({ kind }) => kind);

describe('where a download stands', () => {
  it('is told in bytes, speed and time', () => {
    expect(progressParts(aDownload(), 38e6)).toEqual(['1.6 of 2.5 GB', '38 MB/s', '24 s left']);
    expect(progressParts(aDownload({ done_bytes: 0 }), null)).toEqual(['0.0 of 2.5 GB', 'starting']);
  });

  it('is told in words where no bytes come', () => {
    const said = (state: DownloadState) => progressParts(aDownload({ state }), null).join(' · ');
    expect(said({ kind: 'paused' })).toBe('1.6 of 2.5 GB · paused');
    expect(said({ kind: 'verifying', fraction: 0.43 })).toContain('checksum, 43 %');
    expect(said({ kind: 'done', model: null })).toBe('2.5 GB · here');
    expect(progressParts(aDownload({ done_bytes: 0, state: { kind: 'queued' } }), null)).toEqual([
      '2.5 GB',
      'waits for its turn',
    ]);
  });
});

describe('what can be done', () => {
  it('goes with the state', () => {
    expect(kinds(canPause)).toEqual(['queued', 'running', 'waiting']);
    expect(kinds(canResume)).toEqual(['paused', 'failed']);
    expect(kinds(onItsWay), 'what is counted').toEqual(['queued', 'running', 'waiting', 'verifying']);
  });

  it('asks before much is thrown away', () => {
    expect(asksBeforeCancel(aDownload({ done_bytes: 99e6 }))).toBe(false);
    expect(asksBeforeCancel(aDownload({ done_bytes: 101e6 }))).toBe(true);
  });
});

describe('the queue', () => {
  const all = [
    aDownload({ id: 'old', state: { kind: 'done', model: null } }),
    aDownload({ id: 'a', state: { kind: 'paused' } }),
    aDownload({ id: 'b', state: { kind: 'queued' } }),
    aDownload({ id: 'new', state: { kind: 'done', model: null } }),
    aDownload({ id: 'c', state: { kind: 'running', bytes_per_s: null } }),
  ];
  const ids = (list: { id: string }[]) => list.map(({ id }) => id);

  it('leaves out what is done, which stands apart, the newest first', () => {
    expect(ids(queue(all))).toEqual(['a', 'b', 'c']);
    expect(ids(finished(all))).toEqual(['new', 'old']);
  });

  it('shows what runs before what waits where there is room for one', () => {
    expect(foremost(all)?.id).toBe('c');
    expect(foremost(all.slice(0, 3))?.id).toBe('b');
    expect(foremost(all.slice(0, 2))?.id, 'so that it can be gone on with').toBe('a');
    expect(foremost([])).toBeUndefined();
  });

  it('is moved through by one place at a time', () => {
    const waiting = queue(all);
    expect(placeAfterMove(waiting, 'b', -1)).toBe('a');
    expect(placeAfterMove(waiting, 'a', 1)).toBe('c');
    expect(placeAfterMove(waiting, 'b', 1), 'to the end').toBeNull();
    expect(placeAfterMove(waiting, 'a', -1), 'it is the first').toBeUndefined();
    expect(placeAfterMove(waiting, 'c', 1)).toBeUndefined();
    expect(placeAfterMove(waiting, 'gone', 1)).toBeUndefined();
  });
});
