import { mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Calls, HubSearch } from '../../contract/bindings';
import { keys, queryClient } from '../../data';
import Provided from '../../data/Provided.svelte';
import { HostError, setHost } from '../../host';
import { memoryHost } from '../../host/memory';
import { router } from '../../router';
import { discover } from './discover.svelte';
import DiscoverList from './DiscoverList.svelte';
import { words } from './words';

const soon = <Seen>(look: () => Seen | Promise<Seen>) => vi.waitFor(look, 4_500);
const text = () => document.body.textContent ?? '';
const options = () => [...document.querySelectorAll<HTMLElement>('[role="option"]')];
const named = (name: string) => options().find((option) => option.ariaLabel?.startsWith(name));
const button = (name: string) =>
  [...document.querySelectorAll('button')].find(
    (each) => (each.ariaLabel ?? each.textContent?.trim()) === name,
  );
const listbox = () => document.querySelector<HTMLElement>('[role="listbox"]') ?? document.body;
const press = (key: string) =>
  listbox().dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));

let shown: Record<string, unknown>;
let searches: HubSearch[];
/** Fails the next searches so. */
let failure: HostError | null;
/** Pixels of everything. */
let tall: number;
let height: PropertyDescriptor | undefined;

beforeEach(() => {
  // Nothing has a size here, and a list without one shows nothing.
  height = Object.getOwnPropertyDescriptor(HTMLElement.prototype, 'offsetHeight');
  Object.defineProperty(HTMLElement.prototype, 'offsetHeight', { configurable: true, get: () => tall });
  tall = 700;
  searches = [];
  failure = null;
  const host = memoryHost();
  setHost({
    ...host,
    call<Name extends keyof Calls>(name: Name, request: Calls[Name]['request']) {
      if (name === 'hub.search') {
        searches.push(request as HubSearch);
        if (failure) return Promise.reject(failure);
      }
      return host.call(name, request);
    },
  });
  discover.type('');
  discover.filter({ fits: true, vision: false, tools: false, free_licence: false, format: null, size: null });
  discover.sort = 'trending';
  discover.settle('', null, null);
  discover.chosen = null;
  shown = mount(Provided, { target: document.body, props: { component: DiscoverList as never, props: {} } });
});

afterEach(async () => {
  await unmount(shown);
  queryClient.clear();
  setHost(null);
  if (height) Object.defineProperty(HTMLElement.prototype, 'offsetHeight', height);
});

describe('discovering', () => {
  it('begins with what is recommended here and what is popular', async () => {
    await soon(() => expect(named('Gemma 3 4B it')).toBeDefined());
    expect(text()).toContain(words.recommended);
    expect(text()).toContain(words.popular);
    expect(options()[0]?.ariaLabel).toMatch(/^Qwen3 0.6B/);
    await soon(() => expect(discover.shown?.repo, 'its card opens').toBe('Qwen/Qwen3-0.6B'));
  });

  it('opens the very model whose link was pasted', async () => {
    discover.type('https://huggingface.co/Qwen/Qwen3-8B-GGUF/blob/main/Qwen3-8B-Q6_K.gguf');
    discover.searchNow();
    await soon(() =>
      expect(discover.shown).toEqual({
        repo: 'Qwen/Qwen3-8B-GGUF',
        revision: 'main',
        item: 'Qwen3-8B-Q6_K.gguf',
      }),
    );
  });

  it('asks for the next page before the end is in sight, and for no more than that', async () => {
    discover.type('aurora');
    discover.searchNow();
    await soon(() => expect(named('Aurora 1,')).toBeDefined());
    const asked = () => searches.filter((one) => one.words === 'aurora').map(({ cursor }) => cursor);
    expect(asked(), 'the first page fills the window').toEqual([null]);
    tall = 2_000;
    await unmount(shown);
    shown = mount(Provided, {
      target: document.body,
      props: { component: DiscoverList as never, props: {} },
    });
    await soon(() => expect(asked()).toEqual([null, '25']));
    await soon(() => expect(options().length, 'more than one page').toBeGreaterThan(25));
    expect(asked()).toEqual([null, '25']);
  });

  it('is gone through by keys, and opened by Enter', async () => {
    await soon(() => expect(named('Gemma 3 4B it')).toBeDefined());
    listbox().focus();
    const current = () => document.getElementById(listbox().getAttribute('aria-activedescendant') ?? '');
    await soon(() => expect(current()?.ariaLabel).toMatch(/^Qwen3 0.6B/));
    press('ArrowDown');
    await soon(() => expect(current()?.ariaLabel).toMatch(/^Qwen3 4B Instruct/));
    expect(discover.chosen, 'looking at it asks the hub for nothing').toBeNull();
    press('Enter');
    expect(discover.shown?.repo).toBe('Qwen/Qwen3-4B-Instruct-2507-GGUF');
    await soon(() => expect(current()?.ariaSelected).toBe('true'));
  });

  it('says when the filters leave nothing, and searches without them', async () => {
    discover.filter({ size: 'huge' });
    await soon(() => expect(text()).toContain(words.none('')));
    button(words.withoutFilters)?.click();
    await soon(() => expect(named('Gemma 3 4B it')).toBeDefined());
    expect(discover.filtered).toBe(false);
  });
});

it('what the hub said to somebody else is asked again', async () => {
  await soon(() => expect(named('Gemma 3 4B it')).toBeDefined());
  const card = keys.hubCard({ repo: 'google/gemma', revision: null, item: null });
  queryClient.setQueryData(card, {});
  await soon(() => expect(queryClient.getQueryData(keys.token)).toBeDefined());
  await soon(() => expect(queryClient.getQueryData(keys.settings)).toBeDefined());
  expect(queryClient.getQueryState(card)?.isInvalidated).toBe(false);
  queryClient.setQueryData(keys.token, { place: 'keyring', user: 'ana', trouble: null });
  await soon(() => expect(queryClient.getQueryState(card)?.isInvalidated).toBe(true));
});

describe('a hub that does not answer', () => {
  it('leaves what is recommended in sight and leads to the settings', async () => {
    failure = new HostError({ code: 'network_off', message: 'Inglenook works offline.', retryable: false });
    discover.filter({ format: 'gguf' });
    await soon(() => expect(text()).toContain('Inglenook works offline.'));
    await soon(() => expect(named('Qwen3 4B Instruct')).toBeDefined());
    button(words.privacy)?.click();
    expect(router.route).toEqual({ page: 'settings', section: 'privacy' });
  });

  it('is asked again when it said so, and before if the person wants', async () => {
    failure = new HostError({
      code: 'rate_limited',
      message: 'The hub asks for a pause of a minute.',
      retryable: true,
      retry_in_ms: 400,
    });
    discover.type('aurora');
    discover.searchNow();
    await soon(() => expect(text()).toMatch(/Tries again in [12] s/));
    const before = searches.length;
    await soon(() => expect(searches.length, 'by itself').toBe(before + 1));
    failure = null;
    await soon(() => expect(button(words.retry)?.disabled).toBe(false));
    button(words.retry)?.click();
    await soon(() => expect(named('Aurora 1,')).toBeDefined());
    expect(text()).not.toContain('Tries again');
  });
});
