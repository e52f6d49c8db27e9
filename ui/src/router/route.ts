// Addresses inside of the window, after the "#".

/** The parts of the models page. */
export type ModelsTab = 'discover' | 'mine' | 'downloads';

export type Route =
  | { page: 'chat'; chat: string | null }
  | { page: 'models'; tab: ModelsTab }
  | { page: 'server' }
  | { page: 'settings'; section: string }
  | { page: 'start' };

export const FIRST_SECTION = 'general';

const TABS: readonly string[] = ['discover', 'mine', 'downloads'] satisfies ModelsTab[];

/** What an address shows; anything unknown, the host's key too, is the chat page. */
export function parseRoute(hash: string): Route {
  if (!hash.startsWith('#/')) return { page: 'chat', chat: null };
  const [path = ''] = hash.slice(2).split(/[?&#]/);
  const [page, rest] = path.split('/').map(decode);
  switch (page) {
    case 'models':
      // Without a part it is the models that are here.
      return { page: 'models', tab: isTab(rest) ? rest : 'mine' };
    case 'server':
      return { page: 'server' };
    case 'settings':
      return { page: 'settings', section: rest || FIRST_SECTION };
    case 'start':
      return { page: 'start' };
    default:
      return { page: 'chat', chat: (page === 'chat' && rest) || null };
  }
}

/** The address that shows it. */
export function routeHash(route: Route): string {
  switch (route.page) {
    case 'chat':
      return route.chat ? `#/chat/${encodeURIComponent(route.chat)}` : '#/chat';
    case 'models':
      return `#/models/${route.tab}`;
    case 'settings':
      return `#/settings/${encodeURIComponent(route.section)}`;
    default:
      return `#/${route.page}`;
  }
}

function isTab(part: string | undefined): part is ModelsTab {
  return part !== undefined && TABS.includes(part);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
