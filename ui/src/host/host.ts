// What the page asks of whoever hosts it: calls and streams, typed by the contract. The only other files that know
// how they travel are tauri.ts and http.ts beside this one.
import type { Calls, ErrorInfo, Streams } from '../contract/bindings';
import { errorTable } from '../data/errors';

/** Ends a stream; calling it again does nothing. */
export type Unsubscribe = () => void;

/** How a stream goes on and ends. */
export interface StreamListener<Event> {
  onEvent(event: Event): void;
  /** The host closed it, or it could not be opened; `error` says why if it was not in order. */
  onEnd?(error?: HostError): void;
}

/** Whoever hosts the page. */
export interface Host {
  readonly kind: 'tauri' | 'http' | 'memory';
  /** Asks; rejects with a HostError. */
  call<Name extends keyof Calls>(
    name: Name,
    request: Calls[Name]['request'],
  ): Promise<Calls[Name]['response']>;
  /** Listens until unsubscribed or ended. */
  stream<Name extends keyof Streams>(
    name: Name,
    request: Streams[Name]['request'],
    listener: StreamListener<Streams[Name]['response']>,
  ): Unsubscribe;
}

/** A failure as the host told it. */
export class HostError extends Error {
  readonly info: ErrorInfo;

  constructor(info: ErrorInfo) {
    super(info.message);
    this.name = 'HostError';
    this.info = info;
  }

  /** Whatever was thrown, as a failure with a code. */
  static from(thrown: unknown): HostError {
    if (thrown instanceof HostError) return thrown;
    if (isErrorInfo(thrown)) return new HostError(thrown);
    const detail = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
    return new HostError({
      code: 'internal',
      message: 'The window lost touch with the application.',
      detail,
      retryable: true,
    });
  }
}

/** What browsers throw has a code and a message too, but not one of ours. */
function isErrorInfo(value: unknown): value is ErrorInfo {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    typeof value.code === 'string' &&
    Object.hasOwn(errorTable, value.code) &&
    'message' in value &&
    typeof value.message === 'string'
  );
}
