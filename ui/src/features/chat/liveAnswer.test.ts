import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { AnswerEvent, ErrorInfo, Message } from '../../contract/bindings';
import { message } from './fixtures';
import { LiveAnswer, type LiveParts } from './liveAnswer.svelte';

let see: (event: AnswerEvent) => void;
let broke: (error: ErrorInfo | null) => void;
let closed: number;
let frames: (() => void)[];
let now: number;
const onended = vi.fn<(message: Message) => void>();
const onlost = vi.fn<() => void>();

const parts: LiveParts = {
  watch: (_id, event, ended) => {
    see = event;
    broke = ended;
    return () => (closed += 1);
  },
  schedule: (run) => {
    frames.push(run);
    return () => (frames = frames.filter((frame) => frame !== run));
  },
  now: () => now,
  onended,
  onlost,
};

const waiting = message(1, { text: '', status: 'waiting' });

function frame(): void {
  const due = frames;
  frames = [];
  for (const run of due) run();
}

beforeEach(() => {
  closed = 0;
  frames = [];
  now = 1_000;
  onended.mockReset();
  onlost.mockReset();
});

describe('an answer that is being written', () => {
  it('shows many pieces in one frame, and none of them twice', () => {
    const answer = new LiveAnswer(waiting, parts);
    see({ kind: 'snapshot', message: waiting });
    for (const text of ['Os', 'lo', '.']) see({ kind: 'delta', text });
    expect(answer.text, 'not before the frame').toBe('');
    expect(frames, 'one frame for all of them').toHaveLength(1);
    frame();
    expect(answer.text).toBe('Oslo.');
    expect(answer.message.status).toBe('streaming');
  });

  it('takes a snapshot for the whole of it, also when it comes again', () => {
    const answer = new LiveAnswer(message(1, { text: 'Os', status: 'streaming' }), parts);
    expect(answer.text, 'what the record had is there at once').toBe('Os');
    see({ kind: 'snapshot', message: message(1, { text: 'Oslo', status: 'streaming' }) });
    see({ kind: 'delta', text: ' is' });
    frame();
    expect(answer.text).toBe('Oslo is');
  });

  it('tells how far the prompt is read, until the first word', () => {
    const answer = new LiveAnswer(waiting, parts);
    see({ kind: 'prefill', done: 1_200, total: 2_048 });
    expect(answer.prefill).toEqual({ done: 1_200, total: 2_048 });
    see({ kind: 'delta', text: 'a' });
    frame();
    expect(answer.prefill).toBeNull();
  });

  it('times the reasoning from its first word to the first word of the answer', () => {
    const answer = new LiveAnswer(waiting, parts);
    see({ kind: 'delta', reasoning: 'Hm' });
    frame();
    expect(answer.thinking).toEqual({ since: 1_000, until: null });
    now = 7_000;
    see({ kind: 'delta', text: 'So' });
    frame();
    expect(answer.thinking).toEqual({ since: 1_000, until: 7_000 });
    expect([answer.reasoning, answer.text]).toEqual(['Hm', 'So']);
  });

  it('ends with what was stored, and closes its stream', () => {
    const answer = new LiveAnswer(waiting, parts);
    see({ kind: 'delta', text: 'Os' });
    const stored = message(1, { text: 'Oslo.', status: 'done' });
    see({ kind: 'ended', message: stored });
    expect(answer.text, 'without waiting for a frame').toBe('Oslo.');
    expect(onended).toHaveBeenCalledExactlyOnceWith(stored);
    expect(closed).toBe(1);
    expect(onlost, 'the end of the stream is no loss then').not.toHaveBeenCalled();
  });

  it('says so when the stream breaks off', () => {
    new LiveAnswer(waiting, parts);
    broke(null);
    expect(onlost).toHaveBeenCalledOnce();
  });

  it('hears nothing more once it is closed', () => {
    const answer = new LiveAnswer(waiting, parts);
    answer.close();
    see({ kind: 'delta', text: 'late' });
    broke(null);
    frame();
    expect(answer.text).toBe('');
    expect(onlost).not.toHaveBeenCalled();
    expect(closed).toBe(1);
  });
});
