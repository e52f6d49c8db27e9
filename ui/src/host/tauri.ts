// The window's own host: two Tauri commands and a channel per stream. The only file that imports Tauri.
import { Channel, invoke } from '@tauri-apps/api/core';

import { HostError, type Host, type StreamListener, type Unsubscribe } from './host';

let lastStream = 0;

function open<Event>(name: string, request: unknown, listener: StreamListener<Event>): Unsubscribe {
  const id = ++lastStream;
  let closed = false;
  const end = (error?: HostError) => {
    if (closed) return;
    closed = true;
    listener.onEnd?.(error);
  };
  const events = new Channel<Event | null>();
  events.onmessage = (event) => {
    if (closed) return;
    if (event === null) end();
    else listener.onEvent(event);
  };
  const opened = invoke('stream', { id, name, request, events });
  opened.catch((thrown: unknown) => end(HostError.from(thrown)));
  return () => {
    if (closed) return;
    closed = true;
    // Not before it is open: the shell would find nothing to close, and the stream would run on.
    void opened.then(() => invoke('unstream', { id })).catch(() => undefined);
  };
}

/** The host behind the Tauri window. */
export const tauriHost: Host = {
  kind: 'tauri',
  async call(name, request) {
    try {
      return await invoke('rpc', { name, request });
    } catch (thrown) {
      throw HostError.from(thrown);
    }
  },
  stream: (name, request, listener) => open(name, request, listener),
};
