// Where the window is, as state; the address after the "#" is the record, so that back and forward work.
import { type ModelsTab, parseRoute, routeHash, type Route } from './route';

class Router {
  route = $state.raw<Route>(parseRoute(globalThis.location?.hash ?? ''));

  constructor() {
    globalThis.addEventListener?.('hashchange', () => {
      this.route = parseRoute(location.hash);
    });
  }

  /** Shows it; `replace` leaves no way back to where the window was. */
  go(route: Route, options: { replace?: boolean } = {}): void {
    const hash = routeHash(route);
    if (options.replace) history.replaceState(history.state, '', hash);
    else if (location.hash !== hash) history.pushState(null, '', hash);
    this.route = route;
  }
}

export const router = new Router();

export const openChat = (chat: string | null, options?: { replace?: boolean }) =>
  router.go({ page: 'chat', chat }, options);
export const openModels = (tab: ModelsTab = 'mine') => router.go({ page: 'models', tab });
export const openServer = () => router.go({ page: 'server' });
export const openSettings = (section = 'general') => router.go({ page: 'settings', section });
export const openStart = () => router.go({ page: 'start' });
