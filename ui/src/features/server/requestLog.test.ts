import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { ServerRequestEvent } from '../../contract/bindings';
import { HostError, type Host, type StreamListener } from '../../host/host';
import { aRequest } from '../../host/memory/serverSeed';
import { RequestLog } from './requestLog.svelte';

const numbers = (log: RequestLog) => log.requests.map(({ number }) => number);
const all = (...told: number[]): ServerRequestEvent => ({
  kind: 'all',
  requests: told.map((number) => aRequest(number, { ended: true })),
});
const changed = (number: number, ended = true): ServerRequestEvent => ({
  kind: 'changed',
  request: aRequest(number, { ended }),
});

describe('what the server is asked', () => {
  it('stands with the newest first, and a later word of one takes its place', () => {
    const log = new RequestLog();
    log.see(all(1, 2));
    log.see(changed(3, false));
    expect(numbers(log)).toEqual([3, 2, 1]);
    log.see(changed(2, false));
    log.see(changed(3));
    expect(numbers(log)).toEqual([3, 2, 1]);
    expect(log.requests.map(({ ended }) => ended)).toEqual([true, false, true]);
    log.see(all(7));
    expect(numbers(log), 'everything anew').toEqual([7]);
  });

  it('keeps as many as the host does', () => {
    const log = new RequestLog();
    for (let number = 1; number <= 520; number += 1) log.see(changed(number));
    expect([log.requests.length, log.requests[0]?.number, log.requests.at(-1)?.number]).toEqual([
      500, 520, 21,
    ]);
    log.see(changed(3));
    expect(log.requests.at(-1)?.number, 'one that is forgotten stays so').toBe(21);
  });

  it('that is under way outlives the clearing', () => {
    const log = new RequestLog();
    log.see(all(1, 2));
    log.see(changed(3, false));
    log.clear();
    expect(numbers(log)).toEqual([3]);
  });
});

describe('the stream', () => {
  const open: StreamListener<ServerRequestEvent>[] = [];
  const host = {
    stream: (_name, _request, listener) => {
      open.push(listener as unknown as StreamListener<ServerRequestEvent>);
      return () => {};
    },
  } as Pick<Host, 'stream'>;

  beforeEach(() => vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    open.length = 0;
  });

  it('that broke off is opened again, says so, and loses nothing of what is shown', () => {
    const log = new RequestLog();
    const leave = log.follow(host);
    open[0]?.onEvent(all(1));
    open[0]?.onEnd?.(new HostError({ code: 'internal', message: 'Nobody answers.', retryable: true }));
    expect(log.error?.message).toBe('Nobody answers.');
    expect(numbers(log)).toEqual([1]);
    vi.runAllTimers();
    open[1]?.onEvent(all(1, 2));
    expect([log.error, numbers(log)]).toEqual([null, [2, 1]]);
    open[1]?.onEnd?.();
    leave();
    vi.runAllTimers();
    expect(open, 'the page was left').toHaveLength(2);
  });
});
