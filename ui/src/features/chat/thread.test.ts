import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { AnswerEvent, ErrorInfo, Message, MessagePage } from '../../contract/bindings';
import { message, messages } from './fixtures';
import { Thread } from './thread.svelte';

let path: Message[];
let asked: { from: number | null; limit: number }[];
let streams: Map<
  string,
  { see: (event: AnswerEvent) => void; ended: (error: ErrorInfo | null) => void; closed: boolean }
>;
let thread: Thread;
let failing: boolean;

beforeEach(() => {
  vi.useFakeTimers();
  path = messages(0, 10);
  asked = [];
  streams = new Map();
  failing = false;
  thread = new Thread({
    page: (from, limit) => {
      asked.push({ from, limit });
      if (failing) return Promise.reject(new Error('no'));
      const first = from ?? Math.max(0, path.length - limit);
      const page: MessagePage = { messages: path.slice(first, first + limit), total: path.length };
      return Promise.resolve(structuredClone(page));
    },
    watch: (id, see, ended) => {
      const stream = { see, ended, closed: false };
      streams.set(id, stream);
      return () => (stream.closed = true);
    },
    schedule: (run) => {
      run();
      return () => undefined;
    },
    now: () => 0,
    explain: () => ({ code: 'store_failed', message: 'The messages could not be read.', retryable: true }),
  });
});

afterEach(() => vi.useRealTimers());

describe('an open chat', () => {
  it('opens with the newest messages and reads on as they come into sight', async () => {
    path = messages(0, 10_000);
    await thread.refresh();
    expect(thread.opened).toBe(true);
    expect(thread.slice.from).toBe(9_940);
    thread.look({ first: 9_945, last: 9_955 });
    await thread.refresh();
    expect(thread.slice.from).toBe(9_880);
  });

  it('reads again once, however many changes come while it reads', async () => {
    await thread.refresh();
    asked = [];
    void thread.refresh();
    void thread.refresh();
    void thread.refresh();
    await thread.refresh();
    expect(asked.length, 'the one under way and one for all after it').toBeLessThanOrEqual(2);
  });

  it('watches an answer that is being written, and puts the end into its place', async () => {
    path = [...messages(0, 9), message(9, { text: '', status: 'waiting' })];
    await thread.refresh();
    expect(thread.answering?.id).toBe('m9');
    streams.get('m9')?.see({ kind: 'delta', text: 'Oslo.' });
    expect(thread.answering?.text).toBe('Oslo.');
    streams.get('m9')?.see({ kind: 'ended', message: message(9, { text: 'Oslo.' }) });
    expect(thread.answering).toBeNull();
    expect(thread.slice.messages.at(-1)?.text).toBe('Oslo.');
  });

  it('does not watch twice when the record is read again meanwhile', async () => {
    path = [...messages(0, 9), message(9, { text: '', status: 'streaming' })];
    await thread.refresh();
    const first = thread.answering;
    await thread.refresh();
    expect(thread.answering).toBe(first);
  });

  it('watches again after the stream broke off, if the answer still goes on', async () => {
    path = [...messages(0, 9), message(9, { text: 'Os', status: 'streaming' })];
    await thread.refresh();
    const first = thread.answering;
    streams.get('m9')?.ended(null);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(thread.answering?.id).toBe('m9');
    expect(thread.answering).not.toBe(first);
  });

  it('stops watching an answer whose version is no longer shown', async () => {
    path = [...messages(0, 9), message(9, { text: '', status: 'streaming' })];
    await thread.refresh();
    path = messages(0, 9);
    await thread.refresh();
    expect(thread.answering).toBeNull();
    expect(streams.get('m9')?.closed).toBe(true);
  });

  it('says why when messages cannot be read, keeps what it has, and recovers', async () => {
    await thread.refresh();
    failing = true;
    await thread.refresh();
    expect(thread.error?.code).toBe('store_failed');
    expect(thread.slice.messages).toHaveLength(10);
    failing = false;
    await thread.refresh();
    expect(thread.error).toBeNull();
  });

  it('closes its streams when it is left', async () => {
    path = [...messages(0, 9), message(9, { text: '', status: 'streaming' })];
    await thread.refresh();
    thread.close();
    expect(streams.get('m9')?.closed).toBe(true);
  });
});
