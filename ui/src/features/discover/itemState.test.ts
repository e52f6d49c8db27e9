import { expect, it } from 'vitest';

import type { Download, DownloadState } from '../../contract/bindings';
import { anItem } from './fixtures';
import { stateNow } from './itemState';

const REPO = 'Qwen/Qwen3-4B-GGUF';
const download = (state: DownloadState, more: Partial<Download> = {}): Download => ({
  id: 'd1',
  repo: REPO,
  name: 'Qwen3 4B',
  quantisation: 'Q4_K_M',
  files: 1,
  size_bytes: 2.5e9,
  done_bytes: 0,
  added_at: 0,
  state,
  ...more,
});
const coming = anItem({ state: { kind: 'downloading', download: 'd1' } });

it('a file is as the card says while nothing else is known', () => {
  expect(stateNow(REPO, coming, undefined, undefined)).toEqual(coming.state);
  expect(stateNow(REPO, anItem(), [], [])).toEqual({ kind: 'away' });
});

it('a file is on its way although the card is older than its download', () => {
  expect(stateNow(REPO, anItem(), [download({ kind: 'paused' })], [])).toEqual(coming.state);
  expect(stateNow(REPO, anItem({ size_bytes: 4 }), [download({ kind: 'paused' })], []).kind, 'another').toBe(
    'away',
  );
  expect(stateNow('else/where', anItem(), [download({ kind: 'paused' })], []).kind).toBe('away');
});

it('a file is here once its download is done, and away once its model is gone', () => {
  const done = [download({ kind: 'done', model: 'm1' })];
  expect(stateNow(REPO, coming, done, [{ id: 'm1' }])).toEqual({ kind: 'here', model: 'm1' });
  expect(stateNow(REPO, coming, done, [])).toEqual({ kind: 'away' });
  expect(stateNow(REPO, coming, [download({ kind: 'done', model: null })], [])).toEqual({ kind: 'away' });
});

it('a file is away again when its download was cancelled', () => {
  expect(stateNow(REPO, coming, [], [])).toEqual({ kind: 'away' });
});
