// The switch of the server, for its page and the palette. One switching after another, and the last one holds.

import type { ServerStatus } from '../../contract/bindings';
import { toast, toastError } from '../../components/ui';
import { keys, queryClient } from '../../data';
import { host, HostError } from '../../host';
import { openServer, router } from '../../router';
import { words } from './words';

class Switching {
  /** What was asked for and is not there yet. */
  wanted = $state<boolean | null>(null);
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Switches it; what fails to start is told by the status. */
  to(on: boolean): Promise<ServerStatus | null> {
    this.wanted = on;
    this.#waiting += 1;
    const done = this.#last.then(() => this.#ask(on));
    this.#last = done;
    return done;
  }

  async #ask(on: boolean): Promise<ServerStatus | null> {
    try {
      const status = await host.call('server.switch', { on });
      queryClient.setQueryData(keys.serverStatus, status);
      return status;
    } catch (thrown) {
      toastError(HostError.from(thrown).info);
      return null;
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.wanted = null;
    }
  }
}

export const switching = new Switching();

/** Switches it from anywhere, and says what came of it where its page does not. */
export async function switchFromAnywhere(on: boolean): Promise<void> {
  const status = await switching.to(on);
  if (!status || router.route.page === 'server') return;
  const { state } = status;
  if (state.kind === 'failed') toastError(state.error, { label: words.show, onClick: openServer });
  else if (state.kind === 'running')
    toast(words.runsAt(state.address), { action: { label: words.show, onClick: openServer } });
  else toast(words.isOff);
}
