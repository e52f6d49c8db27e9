// What changed on the host makes the cache ask again, and tells whoever follows something outside of the cache.
import type { QueryClient } from '@tanstack/svelte-query';

import type { Changed, ChangeTag } from '../contract/bindings';
import type { Host, Unsubscribe } from '../host/host';

/** Which names in the cache a change touches. */
export const invalidatedBy: Record<ChangeTag, (id?: string) => readonly (readonly unknown[])[]> = {
  chats: () => [['chats']],
  chat: (id) => [id === undefined ? ['chat'] : ['chat', id], ['chats']],
  // What there is decides the names that programs ask for.
  models: () => [['models'], ['server', 'status']],
  model_state: () => [['models']],
  // Comes about twice a second while bytes come; what became a model is told by `models`.
  downloads: () => [['downloads']],
  network: () => [['network'], ['hub', 'token']],
  server: () => [['server']],
  settings: () => [['settings'], ['server', 'status']],
  status: () => [['notices'], ['hardware'], ['settings', 'data']],
};

const listeners = new Set<(changed: Changed) => void>();

/** Listens to changes, those that may have been missed included: then they come without an id. */
export function onChange(listener: (changed: Changed) => void): Unsubscribe {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;

export interface FollowParts {
  host: Host;
  client: QueryClient;
  /** Does it after a while; returns how to take that back. */
  later?: (work: () => void, milliseconds: number) => () => void;
}

function timer(work: () => void, milliseconds: number): () => void {
  const id = setTimeout(work, milliseconds);
  return () => clearTimeout(id);
}

/** Has everything below this name asked for again. */
async function askAgain(client: QueryClient, queryKey: readonly unknown[]): Promise<void> {
  // The cache waits for a first answer instead of asking again; but that answer may be older than the change.
  const first = client
    .getQueryCache()
    .findAll({ queryKey, fetchStatus: 'fetching' })
    .filter(({ state }) => state.data === undefined);
  await client.invalidateQueries({ queryKey });
  await Promise.all(
    first.map(({ queryKey: name }) => client.invalidateQueries({ queryKey: name, exact: true })),
  );
}

/** Follows the host's changes until told to stop; subscribes again, later each time, when the stream ends. */
export function followChanges({ host, client, later = timer }: FollowParts): Unsubscribe {
  let over = false;
  let wait = FIRST_WAIT;
  let unsubscribe: Unsubscribe = () => {};
  let cancel = () => {};

  const spread = (changes: readonly Changed[]) => {
    const touched = new Map<string, readonly unknown[]>();
    for (const { tag, id } of changes) {
      for (const key of invalidatedBy[tag](id)) touched.set(JSON.stringify(key), key);
    }
    for (const queryKey of touched.values()) void askAgain(client, queryKey);
    for (const changed of changes) for (const listener of listeners) listener(changed);
  };

  // Nobody knows what was missed meanwhile, so everything counts as changed, but only once the host answers again:
  // before that every screen would show the same failure instead of what it has.
  const catchUp = async () => {
    try {
      await host.call('settings.get', {});
    } catch {
      return;
    }
    if (!over) spread((Object.keys(invalidatedBy) as ChangeTag[]).map((tag) => ({ tag })));
  };

  const open = (again: boolean) => {
    if (over) return;
    unsubscribe = host.stream(
      'app.changes',
      {},
      {
        onEvent(changes) {
          wait = FIRST_WAIT;
          spread(changes);
        },
        onEnd() {
          cancel = later(() => open(true), wait);
          wait = Math.min(wait * 2, LONGEST_WAIT);
        },
      },
    );
    if (again) void catchUp();
  };

  open(false);
  return () => {
    over = true;
    cancel();
    unsubscribe();
  };
}
