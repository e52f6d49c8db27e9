import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import type { Host, StreamListener } from '../../host/host';
import type { HardwareUse } from '../../contract/bindings';
import { hardware, inUse } from '../../host/memory/seed';
import { LiveUse } from './liveUse.svelte';

const use = inUse(hardware(), 0);
let open: StreamListener<HardwareUse>[];
let closed: number;
let hidden: boolean;

const host = {
  stream: (_name, _request, listener) => {
    open.push(listener as unknown as StreamListener<HardwareUse>);
    return () => (closed += 1);
  },
} as Pick<Host, 'stream'>;

function turn(away: boolean): void {
  hidden = away;
  document.dispatchEvent(new Event('visibilitychange'));
}

beforeEach(() => {
  [open, closed, hidden] = [[], 0, false];
  vi.spyOn(document, 'hidden', 'get').mockImplementation(() => hidden);
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it('what the stream tells is there at once', () => {
  const live = new LiveUse();
  expect(live.now).toBeNull();
  const leave = live.follow(host);
  open[0]?.onEvent(use);
  expect(live.now).toEqual(use);
  leave();
  expect(closed).toBe(1);
});

it('a stream that ended is opened again after a while, unless the page was left', () => {
  const leave = new LiveUse().follow(host);
  open[0]?.onEnd?.();
  expect(open, 'not at once: the host may be starting').toHaveLength(1);
  vi.runAllTimers();
  expect(open).toHaveLength(2);
  open[1]?.onEnd?.();
  leave();
  vi.runAllTimers();
  expect(open).toHaveLength(2);
});

it('nothing is measured for a page that nobody sees', () => {
  const leave = new LiveUse().follow(host);
  turn(true);
  expect([open.length, closed]).toEqual([1, 1]);
  turn(false);
  expect([open.length, closed]).toEqual([2, 1]);
  leave();
  turn(true);
  turn(false);
  expect([open.length, closed], 'the page is gone').toEqual([2, 2]);
});
