import { describe, expect, it } from 'vitest';

import type { AnswerEvent } from '../contract/bindings';
import { HostError } from './host';
import { httpHost } from './http';

interface Asked {
  url: string;
  init: RequestInit;
}

function served(answer: (asked: Asked) => Response | Promise<Response>) {
  const asked: Asked[] = [];
  const host = httpHost({
    key: 'k3y',
    fetch: async (url, init = {}) => {
      const one = { url: String(url), init };
      asked.push(one);
      return answer(one);
    },
  });
  return { host, asked };
}

function stream(...pieces: string[]): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(encoder.encode(piece));
      controller.close();
    },
  });
  return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
}

function follow(response: Response): Promise<{ events: AnswerEvent[]; error: HostError | undefined }> {
  const { host } = served(() => response);
  const events: AnswerEvent[] = [];
  return new Promise((resolve) => {
    host.stream(
      'message.watch',
      { message: 'm' },
      {
        onEvent: (event) => events.push(event),
        onEnd: (error) => resolve({ events, error }),
      },
    );
  });
}

describe('the host over HTTP', () => {
  it('sends the request with the key and gives the answer', async () => {
    const { host, asked } = served(() => Response.json({ path: '/data' }));
    await expect(host.call('desktop.pickFolder', {})).resolves.toEqual({ path: '/data' });
    expect(asked[0]?.url).toBe('/api/call/desktop.pickFolder');
    expect(asked[0]?.init.method).toBe('POST');
    expect(new Headers(asked[0]?.init.headers).get('x-inglenook-key')).toBe('k3y');
    expect(new Headers(asked[0]?.init.headers).get('content-type'), 'the host refuses anything else').toBe(
      'application/json',
    );
  });

  it('throws the failure that the host told', async () => {
    const info = { code: 'not_found', message: 'This chat does not exist any more.', retryable: false };
    const { host } = served(() => Response.json(info, { status: 404 }));
    const thrown = await host.call('chat.get', { chat: 'x' }).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(HostError);
    expect(HostError.from(thrown).info).toEqual(info);
  });

  it('says in words that nobody answers', async () => {
    const { host } = served(() => {
      throw new TypeError('Failed to fetch');
    });
    const thrown = HostError.from(await host.call('app.hello', {}).catch((error: unknown) => error));
    expect(thrown.info.message).toContain('does not answer');
    expect(thrown.info.retryable, 'it may be there a moment later').toBe(true);
  });

  it('keeps what it cannot read as a detail', async () => {
    const { host } = served(() => new Response('<h1>Bad gateway</h1>', { status: 502 }));
    const thrown = HostError.from(await host.call('app.hello', {}).catch((error: unknown) => error));
    expect(thrown.info.detail).toContain('502');
  });

  it('gives the events of a stream until its end', async () => {
    const { events, error } = await follow(
      stream(
        'data: {"kind":"delta","text":"Hel"}\n',
        '\ndata: {"kind":"delta","text":"lo"}\n\nevent: end\ndata: null\n\n',
      ),
    );
    expect(events.map((event) => event.kind === 'delta' && event.text)).toEqual(['Hel', 'lo']);
    expect(error, 'the end was in order').toBeUndefined();
  });

  it('tells a connection that broke off from an end', async () => {
    const { events, error } = await follow(stream('data: {"kind":"delta","text":"Hel"}\n\n'));
    expect(events).toHaveLength(1);
    expect(error, 'without "end" something is missing').toBeInstanceOf(HostError);
  });

  it('keeps letters whole that were cut between two pieces', async () => {
    const bytes = new TextEncoder().encode('data: {"kind":"delta","text":"é"}\n\nevent: end\ndata: null\n\n');
    const cut = bytes.indexOf(0xc3) + 1;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytes.slice(0, cut));
        controller.enqueue(bytes.slice(cut));
        controller.close();
      },
    });
    const { events } = await follow(new Response(body));
    expect(events[0]).toEqual({ kind: 'delta', text: 'é' });
  });

  it('is silent after it was left', async () => {
    let signal: AbortSignal | null | undefined;
    const { host } = served(({ init }) => {
      signal = init.signal;
      return new Promise<Response>((_, reject) => {
        signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
      });
    });
    let ended = false;
    const leave = host.stream('app.changes', {}, { onEvent: () => {}, onEnd: () => (ended = true) });
    leave();
    await Promise.resolve();
    await Promise.resolve();
    expect(signal?.aborted, 'the request is given up').toBe(true);
    expect(ended, 'whoever left does not want to hear').toBe(false);
  });
});
