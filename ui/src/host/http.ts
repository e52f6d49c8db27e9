// The host behind a port of this machine: calls and streams are POSTs with the key in a header.
import { HostError, type Host, type StreamListener, type Unsubscribe } from './host';
import { SentEvents } from './sse';

const KEY_HEADER = 'X-Inglenook-Key';

export interface HttpParts {
  key: string;
  /** Where the host listens; empty for the origin of the page. */
  origin?: string;
  fetch?: typeof fetch;
}

function gone(thrown: unknown): HostError {
  return new HostError({
    code: 'internal',
    message: 'Inglenook does not answer. Is it still running?',
    detail: thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown),
    retryable: true,
  });
}

async function refusal(response: Response): Promise<HostError> {
  const text = await response.text();
  try {
    return HostError.from(JSON.parse(text) as unknown);
  } catch {
    return new HostError({
      code: 'internal',
      message: 'Inglenook answered in a way that this page does not understand. Reload the page.',
      detail: `HTTP ${response.status}: ${text.slice(0, 400)}`,
      retryable: response.status >= 500,
    });
  }
}

/** Exchanges the key of an address for the session's. */
export async function enter(entry: string, ask: typeof fetch = globalThis.fetch): Promise<string> {
  let response: Response;
  try {
    response = await ask('/api/enter', { method: 'POST', headers: { [KEY_HEADER]: entry } });
  } catch (thrown) {
    throw gone(thrown);
  }
  if (!response.ok) throw await refusal(response);
  return ((await response.json()) as { key: string }).key;
}

/** The host over HTTP. */
export function httpHost({
  key,
  origin = '',
  fetch: ask = globalThis.fetch.bind(globalThis),
}: HttpParts): Host {
  const post = (path: string, request: unknown, signal?: AbortSignal) =>
    ask(`${origin}/api/${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', [KEY_HEADER]: key },
      body: JSON.stringify(request),
      ...(signal && { signal }),
    });

  async function follow<Event>(
    name: string,
    request: unknown,
    signal: AbortSignal,
    see: (event: Event) => void,
  ) {
    const response = await post(`stream/${name}`, request, signal);
    if (!response.ok || !response.body) throw await refusal(response);
    const events = new SentEvents();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) throw gone('the connection was closed before the stream ended');
      for (const { name: kind, data } of events.read(value)) {
        if (signal.aborted) return;
        if (kind === 'end') {
          void reader.cancel();
          return;
        }
        see(JSON.parse(data) as Event);
      }
    }
  }

  function open<Event>(name: string, request: unknown, listener: StreamListener<Event>): Unsubscribe {
    const abort = new AbortController();
    follow<Event>(name, request, abort.signal, (event) => listener.onEvent(event)).then(
      () => {
        if (!abort.signal.aborted) listener.onEnd?.();
      },
      (thrown: unknown) => {
        if (!abort.signal.aborted) listener.onEnd?.(thrown instanceof HostError ? thrown : gone(thrown));
      },
    );
    return () => abort.abort();
  }

  return {
    kind: 'http',
    async call(name, request) {
      let response: Response;
      try {
        response = await post(`call/${name}`, request);
      } catch (thrown) {
        throw gone(thrown);
      }
      if (!response.ok) throw await refusal(response);
      return response.json();
    },
    stream: (name, request, listener) => open(name, request, listener),
  };
}
