// How much of the machine is in use, followed while somebody looks: the newest figures and those of the last minute.

import type { HardwareUse } from '../../contract/bindings';
import { type Sample, SPAN_MS } from '../../components/ui';
import type { Host, Unsubscribe } from '../../host';

/** How long after a stream that ended another is opened. */
const AGAIN_MS = 2_000;

interface Seen {
  /** Milliseconds of the page's clock. */
  at: number;
  use: HardwareUse;
}

export class LiveUse {
  /** The last minute, newest last. */
  #seen = $state.raw<readonly Seen[]>([]);

  /** What is in use now; null before the first event. */
  get now(): HardwareUse | null {
    return this.#seen.at(-1)?.use ?? null;
  }

  /** The last minute of one share. */
  history(share: (use: HardwareUse) => number | null): Sample[] {
    return this.#seen.map(({ at, use }) => ({ at, share: share(use) }));
  }

  see(use: HardwareUse, at: number): void {
    this.#seen = [...this.#seen.filter((seen) => at - seen.at <= SPAN_MS), { at, use }];
  }

  /** Follows the host until told to stop; not while nobody can see the page, for looking costs the machine a little. */
  follow(host: Pick<Host, 'stream'>): Unsubscribe {
    let close: Unsubscribe = () => {};
    let again: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      close = host.stream(
        'hardware.watch',
        {},
        {
          onEvent: (use) => this.see(use, performance.now()),
          onEnd: () => (again = setTimeout(open, AGAIN_MS)),
        },
      );
    };
    const shut = () => {
      clearTimeout(again);
      close();
      close = () => {};
    };
    const turn = () => {
      shut();
      if (!document.hidden) open();
    };
    document.addEventListener('visibilitychange', turn);
    turn();
    return () => {
      document.removeEventListener('visibilitychange', turn);
      shut();
    };
  }
}
