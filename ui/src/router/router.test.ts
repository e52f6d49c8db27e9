import { beforeEach, describe, expect, it } from 'vitest';

import { openChat, openSettings, parseRoute, routeHash, router, type Route } from '.';

describe('addresses', () => {
  it('are read back as what they were made from', () => {
    const routes: Route[] = [
      { page: 'chat', chat: null },
      { page: 'chat', chat: 'temp-0198 a/ß' },
      { page: 'models', tab: 'discover' },
      { page: 'models', tab: 'downloads' },
      { page: 'server' },
      { page: 'settings', section: 'appearance' },
      { page: 'start' },
    ];
    for (const route of routes) expect(parseRoute(routeHash(route))).toEqual(route);
  });

  it('that nobody knows show the chats', () => {
    for (const hash of ['', '#', '#/', '#/nowhere/1', '#/chat/%E0%A4%A']) {
      expect(parseRoute(hash), hash).toEqual({ page: 'chat', chat: null });
    }
  });

  it('are not confused by the key of the host', () => {
    expect(parseRoute('#key=/models')).toEqual({ page: 'chat', chat: null });
    expect(parseRoute('#/models&key=abc')).toEqual({ page: 'models', tab: 'mine' });
  });

  it('of the models begin with those that are here', () => {
    for (const hash of ['#/models', '#/models/', '#/models/nowhere'])
      expect(parseRoute(hash), hash).toEqual({ page: 'models', tab: 'mine' });
  });

  it('of the settings begin with their first section', () => {
    expect(parseRoute('#/settings')).toEqual({ page: 'settings', section: 'general' });
  });
});

describe('the router', () => {
  beforeEach(() => router.go({ page: 'chat', chat: null }));

  it('shows where it was sent and writes it in the address', () => {
    openSettings('privacy');
    expect(router.route).toEqual({ page: 'settings', section: 'privacy' });
    expect(location.hash).toBe('#/settings/privacy');
  });

  it('follows an address that was changed by hand', () => {
    location.hash = '#/models/discover';
    window.dispatchEvent(new HashChangeEvent('hashchange'));
    expect(router.route).toEqual({ page: 'models', tab: 'discover' });
  });

  it('leaves no way back where it replaces', () => {
    const before = history.length;
    openChat('a', { replace: true });
    expect(history.length).toBe(before);
    expect(router.route).toEqual({ page: 'chat', chat: 'a' });
  });
});
