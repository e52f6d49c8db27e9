// The keys of the HTTP host. The one in the printed address comes in the fragment, which no server log ever sees, and
// is taken out of the address at once. It works once, for the session's key; that one is kept for this tab, so that a
// reload stays open.

const KEPT = 'inglenook.key';

/** What of a window is needed here. */
export interface KeyPlace {
  location: Pick<Location, 'hash' | 'pathname' | 'search'>;
  history: Pick<History, 'replaceState' | 'state'>;
  sessionStorage: Pick<Storage, 'getItem' | 'setItem'>;
}

/** The session's key for this tab; `null` where there is none to be had. `enter` spends the key of an address. */
export async function sessionKey(
  place: KeyPlace,
  enter: (entry: string) => Promise<string>,
): Promise<string | null> {
  const entry = takeEntry(place);
  if (entry === null) return kept(place);
  const key = await enter(entry);
  keep(place, key);
  return key;
}

/** A browser that denies storage throws already where the storage is asked for. */
function kept(place: KeyPlace): string | null {
  try {
    return place.sessionStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

function keep(place: KeyPlace, key: string): void {
  try {
    place.sessionStorage.setItem(KEPT, key);
  } catch {
    // The key then lives as long as this page; a reload needs another address.
  }
}

/** The key in the address, which loses it. */
function takeEntry({ location, history }: KeyPlace): string | null {
  const found = /(?:^#|[#&?])key=([^&#]+)/.exec(location.hash);
  if (!found?.[1]) return null;
  const key = decodeURIComponent(found[1]);
  const rest = location.hash.replace(/[#&?]?key=[^&#]+/, '');
  const hash = rest === '' || rest.startsWith('#') ? rest : `#${rest}`;
  history.replaceState(history.state, '', location.pathname + location.search + hash);
  return key;
}
