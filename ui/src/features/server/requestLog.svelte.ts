// What the server is asked, followed while somebody looks: the newest first, as many as the host remembers.

import type { ErrorInfo, ServerRequest, ServerRequestEvent } from '../../contract/bindings';
import { type Host, HostError, type Unsubscribe } from '../../host';

/** Requests that are kept. */
const MOST = 500;
/** How long after a stream that ended another is opened. */
const AGAIN_MS = 2_000;

export class RequestLog {
  /** The newest first. */
  requests = $state.raw<readonly ServerRequest[]>([]);
  /** They were told once. */
  known = $state(false);
  /** Why they cannot be read just now. */
  error = $state.raw<ErrorInfo | null>(null);

  see(event: ServerRequestEvent): void {
    this.known = true;
    this.error = null;
    if (event.kind === 'all') this.requests = [...event.requests].reverse().slice(0, MOST);
    else this.#put(event.request);
  }

  #put(request: ServerRequest): void {
    const at = this.requests.findIndex(({ number }) => number <= request.number);
    const next = [...this.requests];
    const place = at < 0 ? next.length : at;
    next.splice(place, next[place]?.number === request.number ? 1 : 0, request);
    this.requests = next.slice(0, MOST);
  }

  /** Forgets what has ended; the host was told to. */
  clear(): void {
    this.requests = this.requests.filter(({ ended }) => !ended);
  }

  /** Follows the host until told to stop. */
  follow(host: Pick<Host, 'stream'>): Unsubscribe {
    let close: Unsubscribe = () => {};
    let again: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      close = host.stream(
        'server.requests',
        {},
        {
          onEvent: (event) => this.see(event),
          onEnd: (error) => {
            if (error) this.error = HostError.from(error).info;
            again = setTimeout(open, AGAIN_MS);
          },
        },
      );
    };
    open();
    return () => {
      clearTimeout(again);
      close();
    };
  }
}
