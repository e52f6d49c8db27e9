import { mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Calls, Download } from '../../contract/bindings';
import { queryClient } from '../../data';
import { followChanges } from '../../data/changes';
import Provided from '../../data/Provided.svelte';
import { setHost } from '../../host';
import { memoryHost } from '../../host/memory';
import { World } from '../../host/memory/world';
import { router } from '../../router';
import DownloadBar from './DownloadBar.svelte';
import DownloadsPage from './DownloadsPage.svelte';
import { aDownload } from './fixtures';
import { words } from './words';

const soon = <Seen>(look: () => Seen | Promise<Seen>) => vi.waitFor(look, 4_500);
const text = () => document.body.textContent ?? '';
const button = (name: string) =>
  [...document.querySelectorAll('button')].find(
    (each) => (each.ariaLabel ?? each.textContent?.trim()) === name,
  );
const error = { code: 'access_needed', message: 'Accept the terms first.', retryable: true } as const;
const NAME = 'Qwen3 4B · Q4_K_M';

let shown: Record<string, unknown>;
let world: World;
let called: string[];
let leave: () => void;

function open(downloads: Download[], component: unknown = DownloadsPage): void {
  world = new World();
  world.downloads = downloads;
  called = [];
  const memory = memoryHost(world);
  const host = {
    ...memory,
    call<Name extends keyof Calls>(name: Name, request: Calls[Name]['request']) {
      called.push(name);
      return memory.call(name, request);
    },
  };
  setHost(host);
  leave = followChanges({ host, client: queryClient });
  shown = mount(Provided, { target: document.body, props: { component: component as never, props: {} } });
}

beforeEach(() => router.go({ page: 'models', tab: 'downloads' }));

afterEach(async () => {
  leave();
  await unmount(shown);
  queryClient.clear();
  setHost(null);
});

const paused = (id: string, more: Partial<Download> = {}) =>
  aDownload({ id, name: `Model ${id}`, quantisation: null, state: { kind: 'paused' }, ...more });

describe('the downloads', () => {
  it('say what to do first where there are none', async () => {
    open([]);
    await soon(() => expect(text()).toContain(words.none));
    button(words.discover)?.click();
    expect(router.route).toEqual({ page: 'models', tab: 'discover' });
  });

  it('are moved in the queue, and the focus goes along', async () => {
    open([paused('a'), paused('b'), paused('c')]);
    const order = () =>
      [...document.querySelectorAll('[data-download]')].map((row) => row.getAttribute('data-download'));
    await soon(() => expect(order()).toEqual(['a', 'b', 'c']));
    expect(button(words.up('Model a'))?.disabled, 'the first').toBe(true);
    button(words.up('Model b'))?.click();
    await soon(() => expect(order()).toEqual(['b', 'a', 'c']));
    await soon(() =>
      expect(document.activeElement?.ariaLabel, 'up is not possible any more').toBe(words.down('Model b')),
    );
    button(words.down('Model a'))?.click();
    await soon(() => expect(order()).toEqual(['b', 'c', 'a']));
  });

  it('say why one failed, what mends it, and try it again', async () => {
    open([aDownload({ state: { kind: 'failed', error } })]);
    await soon(() => expect(text()).toContain('Accept the terms first.'));
    button(words.retryOf(NAME))?.click();
    await soon(() => expect(called).toContain('download.resume'));
    await soon(() => expect(button(words.pause(NAME))).toBeDefined());
    button(words.pause(NAME))?.click();
    await soon(() => expect(text()).toContain(words.paused));
  });

  it('lead to the settings where those stand in the way', async () => {
    open([aDownload({ state: { kind: 'failed', error } })]);
    await soon(() => expect(button(words.privacy)).toBeDefined());
    button(words.privacy)?.click();
    expect(router.route).toEqual({ page: 'settings', section: 'privacy' });
  });

  it('count down to the next try', async () => {
    open([aDownload({ state: { kind: 'waiting', until: Date.now() + 55_000, error } })]);
    await soon(() => expect(text()).toMatch(/tries again in 5\d s/));
  });

  it('ask before much is thrown away', async () => {
    open([paused('a', { done_bytes: 1.6e9 })]);
    await soon(() => expect(button(words.cancel('Model a'))).toBeDefined());
    button(words.cancel('Model a'))?.click();
    await soon(() => expect(text()).toContain('1.6 GB of it are here already'));
    expect(called).not.toContain('download.cancel');
    button(words.cancelConfirm)?.click();
    await soon(() => expect(called).toContain('download.cancel'));
    await soon(() => expect(text()).toContain(words.none));
  });

  it('do not ask about little', async () => {
    open([paused('a', { done_bytes: 4e6 })]);
    await soon(() => expect(button(words.cancel('Model a'))).toBeDefined());
    button(words.cancel('Model a'))?.click();
    await soon(() => expect(called).toContain('download.cancel'));
  });

  it('that are done lead to a chat and leave the list when told', async () => {
    open([aDownload({ state: { kind: 'done', model: 'c05e0d3f5a7b1289' } })]);
    await soon(() => expect(button(words.chatWithName(NAME))).toBeDefined());
    button(words.clear)?.click();
    await soon(() => expect(text()).toContain(words.none));
  });
});

describe('the bar at the foot', () => {
  it('shows one, and how many there are besides', async () => {
    open([paused('a'), paused('b'), paused('c')], DownloadBar);
    await soon(() => expect(text()).toContain('Model a'));
    expect(text()).toContain('and 2 more');
    expect(text()).not.toContain('Model b');
    button(words.cancel('Model a'))?.click();
    await soon(() => expect(button(words.cancelConfirm)).toBeDefined());
    button(words.cancelConfirm)?.click();
    await soon(() => expect(text()).toContain('Model b'));
  });

  it('is not there while nothing is on its way', async () => {
    open([aDownload({ state: { kind: 'done', model: null } })], DownloadBar);
    await soon(() => expect(called).toContain('download.list'));
    expect(document.querySelector('section')).toBeNull();
  });
});
