// Which host serves this page: the window's own, a port on this machine, or, while developing, a world in memory.
import { sessionKey } from './key';
import { HostError, type Host } from './host';

export { HostError, type Host, type StreamListener, type Unsubscribe } from './host';

let current: Host | null = null;

function connected(): Host {
  if (!current) {
    throw new HostError({
      code: 'internal',
      message: 'The window asked before it was connected to the application.',
      retryable: true,
    });
  }
  return current;
}

/** The host of this page, usable anywhere once `connectHost` is done. */
export const host: Host = {
  get kind() {
    return connected().kind;
  },
  call: (name, request) => connected().call(name, request),
  stream: (name, request, listener) => connected().stream(name, request, listener),
};

/** For tests: another host from now on. */
export function setHost(next: Host | null): void {
  current = next;
}

/** Finds the host and connects to it. */
export async function connectHost(): Promise<Host> {
  current ??= await findHost();
  return current;
}

async function findHost(): Promise<Host> {
  if ('__TAURI_INTERNALS__' in window) return (await import('./tauri')).tauriHost;
  const { enter, httpHost } = await import('./http');
  const key = await sessionKey(window, enter);
  if (import.meta.env.DEV && key === null) return (await import('./memory')).memoryHost();
  return httpHost({ key: key ?? '' });
}
