// The key that the HTTP host printed in its address. It comes in the fragment, which no server log ever sees, and is
// taken out of the address at once, so that it does not end up in the history or a screenshot.

const KEPT = 'inglenook.key';

/** What of a window is needed here. */
export interface KeyPlace {
  location: Pick<Location, 'hash' | 'pathname' | 'search'>;
  history: Pick<History, 'replaceState' | 'state'>;
  sessionStorage: Pick<Storage, 'getItem' | 'setItem'>;
}

/** The key of this tab: from the address on the first opening, later from the tab's own storage. */
export function takeKey({ location, history, sessionStorage }: KeyPlace): string | null {
  const found = /(?:^#|[#&?])key=([^&#]+)/.exec(location.hash);
  if (!found?.[1]) return sessionStorage.getItem(KEPT);
  const key = decodeURIComponent(found[1]);
  sessionStorage.setItem(KEPT, key);
  const rest = location.hash.replace(/[#&?]?key=[^&#]+/, '');
  const hash = rest === '' || rest.startsWith('#') ? rest : `#${rest}`;
  history.replaceState(history.state, '', location.pathname + location.search + hash);
  return key;
}
