import { mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Calls, HubFits, StartDownload } from '../../contract/bindings';
import { queryClient } from '../../data';
import Provided from '../../data/Provided.svelte';
import { HostError, setHost } from '../../host';
import { memoryHost } from '../../host/memory';
import { World } from '../../host/memory/world';
import { router } from '../../router';
import { discover } from './discover.svelte';
import DiscoverCard from './DiscoverCard.svelte';
import { words } from './words';

const soon = <Seen>(look: () => Seen | Promise<Seen>) => vi.waitFor(look, 4_500);
const text = () => document.body.textContent ?? '';
const button = (name: string) =>
  [...document.querySelectorAll('button')].find(
    (each) => (each.ariaLabel ?? each.textContent?.trim()) === name,
  );
const QWEN = 'Qwen/Qwen3-4B-Instruct-2507-GGUF';
const NAME = 'Qwen3 4B Instruct';

let shown: Record<string, unknown>;
let world: World;
let started: StartDownload[];
let fits: (() => Promise<HubFits>) | null;

beforeEach(() => {
  window.matchMedia = (() => ({ matches: false, addEventListener: () => {} })) as never;
  world = new World();
  started = [];
  fits = null;
  const host = memoryHost(world);
  setHost({
    ...host,
    call<Name extends keyof Calls>(name: Name, request: Calls[Name]['request']) {
      if (name === 'hub.fits' && fits) return fits() as never;
      if (name === 'download.start') started.push(request as StartDownload);
      return host.call(name, request);
    },
  });
});

afterEach(async () => {
  await unmount(shown);
  for (const { id } of world.downloads) world.downloads = world.downloads.filter((one) => one.id !== id);
  queryClient.clear();
  setHost(null);
});

function open(repo: string, item: string | null = null): void {
  discover.open({ repo, revision: null, item });
  const props = { onback: () => {} };
  shown = mount(Provided, { target: document.body, props: { component: DiscoverCard as never, props } });
}

describe('a card', () => {
  it('says what it is, what may be done with it, and what fits', async () => {
    open(QWEN);
    await soon(() => expect(text()).toContain('Fits up to'));
    expect(text()).toContain('4.0 B parameters · context 262,144 · qwen3 · updated 12 days ago');
    expect(text()).toContain('Apache 2.0. Use it for anything');
    expect(text()).toContain('8 cores · no graphics card');
    expect(text()).toContain('4-bit, good quality');
    expect(text()).toContain('Does not fit');
    expect(text().split(words.recommendedFile), 'one of them').toHaveLength(2);
  });

  it('is there before its fits are, and tells why those do not come', async () => {
    let refuse: (error: HostError) => void = () => {};
    fits = () => new Promise((_, reject) => (refuse = reject));
    open(QWEN);
    await soon(() => expect(button(words.downloadName(`${NAME} · Q4_K_M`))).toBeDefined());
    expect(text()).toContain(words.calculating);
    fits = null;
    refuse(new HostError({ code: 'unreachable', message: 'The hub does not answer.', retryable: true }));
    await soon(() => expect(text()).toContain('The hub does not answer.'));
    button(words.retry)?.click();
    await soon(() => expect(text()).toContain('Fits'));
    expect(text()).not.toContain('The hub does not answer.');
  });

  it('unfolds how a verdict was reckoned', async () => {
    open(QWEN);
    await soon(() => expect(button(words.detailsOf(`${NAME} · Q4_K_M`))).toBeDefined());
    expect(text()).not.toContain(words.perThousand);
    button(words.detailsOf(`${NAME} · Q4_K_M`))?.click();
    await soon(() => expect(text()).toContain(words.perThousand));
    expect(text()).toContain('Corrected by 2 loads on this machine.');
  });

  it('marks the file of a link', async () => {
    open(QWEN, 'Qwen3-4B-Instruct-Q6_K.gguf');
    await soon(() => expect(text()).toContain(words.linked));
    expect(document.querySelector('em')?.closest('tbody')).not.toBeNull();
  });
});

describe('a file', () => {
  it('is downloaded by one click, and shows how far it is', async () => {
    open(QWEN);
    await soon(() => expect(button(words.downloadName(`${NAME} · Q4_K_M`))).toBeDefined());
    button(words.downloadName(`${NAME} · Q4_K_M`))?.click();
    await soon(() => expect(button(`Pause ${NAME} · Q4_K_M`)).toBeDefined());
    expect(started).toEqual([
      { repo: QWEN, revision: null, item: 'Qwen3-4B-Instruct-Q4_K_M.gguf', quantisation: 'Q4_K_M' },
    ]);
    button(`Pause ${NAME} · Q4_K_M`)?.click();
    await soon(() => expect(button(`Go on with ${NAME} · Q4_K_M`)).toBeDefined());
  });

  it('that does not fit is downloaded only after a word about it', async () => {
    open(QWEN);
    await soon(() => expect(button(words.anywayName(`${NAME} · F32`))).toBeDefined());
    expect(button(words.downloadName(`${NAME} · F32`)), 'no plain button').toBeUndefined();
    button(words.anywayName(`${NAME} · F32`))?.click();
    await soon(() => expect(text()).toContain(words.anywayTooLarge));
    expect(started).toEqual([]);
    button(words.anyway)?.click();
    await soon(() => expect(started).toHaveLength(1));
    button(`Pause ${NAME} · F32`)?.click();
  });

  it('that is here is chatted with', async () => {
    world.downloads = [
      {
        id: 'd1',
        repo: QWEN,
        name: NAME,
        quantisation: 'Q4_K_M',
        files: 1,
        size_bytes: 4.02e9 * 0.615,
        done_bytes: 4.02e9 * 0.615,
        added_at: 0,
        state: { kind: 'done', model: 'c05e0d3f5a7b1289' },
      },
    ];
    open(QWEN);
    await soon(() => expect(button(words.chatWith(`${NAME} · Q4_K_M`))).toBeDefined());
    button(words.chatWith(`${NAME} · Q4_K_M`))?.click();
    expect(router.route).toEqual({ page: 'chat', chat: null });
  });
});

describe('a gated repository', () => {
  it('says that a token is needed, and leads to where one is set', async () => {
    open('google/gemma-3-4b-it-qat-q4_0-gguf');
    await soon(() => expect(text()).toContain(words.tokenTitle));
    expect(button(words.openPage)).toBeDefined();
    button(words.setToken)?.click();
    expect(router.route).toEqual({ page: 'settings', section: 'privacy' });
  });

  it('with a token asks only for its terms', async () => {
    world.token = { place: 'keyring', user: 'ana', trouble: null };
    open('google/gemma-3-4b-it-qat-q4_0-gguf');
    await soon(() => expect(text()).toContain(words.gatedTitle));
    expect(text()).not.toContain(words.tokenTitle);
  });
});
