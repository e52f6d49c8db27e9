import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { VerifyEvent } from '../../contract/bindings';
import { HostError, setHost, type StreamListener } from '../../host';
import { memoryHost } from '../../host/memory';
import { openChat, openModels } from '../../router';
import { Checks } from './checks.svelte';
import { aModel } from './fixtures';
import { words } from './words';

const told = vi.hoisted(() => ({ toast: vi.fn(), toastError: vi.fn() }));
vi.mock('../../components/ui/toast', () => ({ ...told, toastUndo: vi.fn() }));

interface Open {
  model: string;
  listener: StreamListener<VerifyEvent>;
  closed: boolean;
}

/** The streams that were opened, in order. */
let streams: Open[];
let checks: Checks;

const origin = { repo: 'ann/little', commit: 'a'.repeat(40), finished_at: 1 };
const one = aModel({ id: 'one', name: 'One', size_bytes: 100, origin });
const two = aModel({ id: 'two', name: 'Two', origin: null });
const done = (problems: string[] = []): VerifyEvent => ({ kind: 'done', files: 1, problems });
const at = (index: number) => streams[index]?.listener;

beforeEach(() => {
  streams = [];
  checks = new Checks();
  setHost({
    ...memoryHost(),
    stream: (_name, request, listener) => {
      const open = {
        model: (request as { model: string }).model,
        listener,
        closed: false,
      } as unknown as Open;
      streams.push(open);
      return () => (open.closed = true);
    },
  });
  openModels('mine');
});

afterEach(() => {
  setHost(null);
  vi.clearAllMocks();
});

describe('checking models', () => {
  it('goes on one after another: they all wait for the same disk', () => {
    checks.begin(one);
    checks.begin(two);
    expect(streams.map(({ model }) => model)).toEqual(['one']);
    expect(checks.of(two)).toEqual({ kind: 'waiting' });
    at(0)?.onEvent({ kind: 'progress', done_bytes: 40, total_bytes: 100 });
    expect(checks.of(one)).toEqual({ kind: 'running', done: 40, total: 100 });
    at(0)?.onEvent(done());
    expect(checks.of(one)).toEqual({ kind: 'sound' });
    expect(streams.map(({ model }) => model)).toEqual(['one', 'two']);
    expect(streams[0]?.closed).toBe(true);
  });

  it('is begun once, however often it is asked for', () => {
    checks.begin(one);
    checks.begin(one);
    at(0)?.onEvent(done());
    expect(streams).toHaveLength(1);
    checks.begin(one);
    expect(streams, 'again when it is over').toHaveLength(2);
  });

  it('stops when it is told to, and the next one begins', () => {
    checks.begin(one);
    checks.begin(two);
    checks.forget('one');
    expect(streams[0]?.closed).toBe(true);
    expect(checks.of(one)).toBeNull();
    expect(checks.of(two)?.kind).toBe('running');
    at(0)?.onEvent(done());
    expect(checks.of(one), 'what comes late is not heard').toBeNull();
  });

  it('leaves the queue when it is told to before its turn', () => {
    checks.begin(one);
    checks.begin(two);
    checks.forget('two');
    at(0)?.onEvent(done());
    expect(streams).toHaveLength(1);
  });

  it('says what is wrong until newer files have come', () => {
    checks.begin(one);
    at(0)?.onEvent(done(['little.gguf is not as it came.']));
    expect(checks.of(one)).toEqual({ kind: 'broken', problems: ['little.gguf is not as it came.'] });
    checks.leave();
    expect(checks.of(one)?.kind, 'leaving the page mends nothing').toBe('broken');
    expect(checks.of({ ...one, origin: { ...origin, finished_at: 2 } })).toBeNull();
  });

  it('forgets what was all right when the page is left, and goes on with what is not done', () => {
    checks.begin(one);
    at(0)?.onEvent(done());
    checks.begin(two);
    checks.leave();
    expect(checks.of(one)).toBeNull();
    expect(checks.of(two)?.kind).toBe('running');
  });

  it('does not wait for ever for a stream that ends before its last word', () => {
    checks.begin(one);
    checks.begin(two);
    at(0)?.onEnd?.();
    expect(checks.of(one)).toMatchObject({ kind: 'failed', error: { message: words.checkCut } });
    at(1)?.onEnd?.(new HostError({ code: 'model_missing', message: 'It is gone.', retryable: false }));
    expect(checks.of(two)).toMatchObject({ kind: 'failed', error: { message: 'It is gone.' } });
  });
});

describe('what a check came to', () => {
  it('is said in the row where it is in sight, and to those who do not see it', () => {
    checks.begin(one);
    at(0)?.onEvent(done());
    expect(told.toast).not.toHaveBeenCalled();
    expect(checks.said).toBe(words.soundOf('One'));
  });

  it('is said everywhere else', () => {
    openChat(null);
    checks.begin(one);
    at(0)?.onEvent(done());
    expect(told.toast).toHaveBeenCalledWith(words.soundOf('One'));
    checks.begin(two);
    at(1)?.onEvent(done(['Two.gguf is shorter than it was.']));
    expect(told.toastError.mock.calls[0]?.[0]).toMatchObject({
      code: 'model_damaged',
      message: 'Two: Two.gguf is shorter than it was.',
    });
  });
});
