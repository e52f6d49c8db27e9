import { mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Calls, PickClass, Recommendation } from '../../contract/bindings';
import { queryClient } from '../../data';
import Provided from '../../data/Provided.svelte';
import { HostError, setHost, type Host } from '../../host';
import { memoryHost } from '../../host/memory';
import { World } from '../../host/memory/world';
import { openModels, openStart, router } from '../../router';
import { inOrder, standsOut } from './picks';
import StartPage from './StartPage.svelte';
import { words } from './words';

function aPick(its: PickClass | null, name = `${its}`): Recommendation {
  return {
    repo: `them/${name}`,
    name,
    publisher: 'them',
    best_for: 'talking',
    reason: 'It fits.',
    class: its,
    quantisation: 'Q4_K_M',
    size_bytes: 2.5e9,
    needs_bytes: 3.6e9,
    fits: true,
    parameters: 4e9,
    licence: 'Apache 2.0',
    free_licence: true,
  };
}

describe('the picks', () => {
  it('stand in their order, one of a kind', () => {
    const picks = [aPick('best'), aPick(null), aPick('balanced'), aPick('small'), aPick('small', 'second')];
    expect(inOrder(picks).map(({ name }) => name)).toEqual(['small', 'balanced', 'best']);
  });

  it('have one that stands out, on small machines too', () => {
    expect(standsOut(inOrder([aPick('best'), aPick('balanced')]))?.name).toBe('balanced');
    expect(standsOut([aPick('small')])?.name).toBe('small');
    expect(standsOut([])).toBeUndefined();
  });
});

describe('the first start', () => {
  /** A page takes its time on a machine that does other things too. */
  const soon = <Seen>(look: () => Seen | Promise<Seen>) => vi.waitFor(look, 4_500);
  const text = () => document.body.textContent ?? '';
  const cards = () => [...document.querySelectorAll('article')];
  const button = (name: string) =>
    [...document.querySelectorAll('button')].find(
      (each) => (each.ariaLabel ?? each.textContent?.trim()) === name,
    );

  let world: World;
  let host: Host;
  let shown: Record<string, unknown>;
  let asked: [keyof Calls, unknown][];

  /** A host that answers a call with a failure. */
  function failing(call: keyof Calls, message: string): void {
    setHost({
      ...host,
      call: (name, request) =>
        name === call
          ? Promise.reject(new HostError({ code: 'unreachable', message, retryable: true }))
          : host.call(name, request),
    });
  }

  const show = () => {
    shown = mount(Provided, {
      target: document.body,
      props: { component: StartPage as never, props: {} },
    });
  };

  beforeEach(() => {
    window.matchMedia = (() => ({ matches: false, addEventListener: () => {} })) as never;
    world = new World();
    world.settings = { ...world.settings, welcomed: false };
    host = memoryHost(world);
    asked = [];
    setHost({
      ...host,
      call: (name, request) => {
        asked.push([name, request]);
        return host.call(name, request);
      },
    });
    openStart();
  });

  afterEach(async () => {
    await unmount(shown);
    queryClient.clear();
    setHost(null);
  });

  it('offers three models without contacting anybody', async () => {
    show();
    await soon(() => expect(cards()).toHaveLength(3));
    expect(cards().map((card) => card.querySelector('p')?.textContent)).toEqual([
      words.classes.small,
      words.classes.balanced,
      words.classes.best,
    ]);
    expect(cards().map((card) => card.classList.contains('recommended'))).toEqual([false, true, false]);
    expect(world.ledger).toEqual([]);
  });

  it('downloads the one that is clicked, and goes to where that is seen', async () => {
    show();
    await soon(() => expect(cards()).toHaveLength(3));
    const [, balanced] = inOrder(await host.call('hub.picks', {}));
    button(words.downloadName(balanced?.name ?? ''))?.click();
    await soon(() => expect(router.route).toEqual({ page: 'models', tab: 'downloads' }));
    expect(asked).toContainEqual([
      'download.start',
      { repo: balanced?.repo, revision: null, item: null, quantisation: balanced?.quantisation },
    ]);
    await soon(() => expect(world.settings.welcomed).toBe(true));
    // Ends the clock of the world in memory.
    for (const { id } of world.downloads) await host.call('download.cancel', { download: id });
  });

  it('stays where it is when a download cannot begin, and says why', async () => {
    failing('download.start', 'huggingface.co cannot be reached.');
    show();
    await soon(() => expect(cards()).toHaveLength(3));
    document.querySelector<HTMLButtonElement>('article.recommended button')?.click();
    await soon(() => expect(text()).toContain('huggingface.co cannot be reached.'));
    expect(router.route).toEqual({ page: 'start' });
    expect(world.settings.welcomed).toBe(false);
    expect(button(words.retry)).toBeDefined();
  });

  it('works with Pocket alone when the picks cannot be told', async () => {
    failing('hub.picks', 'The catalogue could not be read.');
    show();
    await soon(() => expect(text()).toContain('The catalogue could not be read.'));
    await soon(() => expect(button(words.tryPocket('Pocket'))?.disabled).toBe(false));
    button(words.tryPocket('Pocket'))?.click();
    await soon(() => expect(world.settings.welcomed).toBe(true));
    expect(router.route).toEqual({ page: 'chat', chat: null });
  });

  it('leaves somebody alone who goes elsewhere while it is being noted that the start is over', async () => {
    let noted = () => {};
    const noting = new Promise<void>((done) => (noted = done));
    setHost({
      ...host,
      call: async (name, request) => {
        const answer = await host.call(name, request);
        if (name === 'settings.save') await noting;
        return answer;
      },
    });
    show();
    await soon(() => expect(button(words.tryPocket('Pocket'))?.disabled).toBe(false));
    button(words.tryPocket('Pocket'))?.click();
    await soon(() => expect(world.settings.welcomed).toBe(true));
    openModels('discover');
    noted();
    await noting;
    await new Promise((resolve) => setTimeout(resolve));
    expect(router.route).toEqual({ page: 'models', tab: 'discover' });
  });

  it('says so where nothing of the catalogue fits', async () => {
    setHost({
      ...host,
      call: (name, request) =>
        name === 'hub.picks' ? (Promise.resolve([]) as never) : host.call(name, request),
    });
    show();
    await soon(() => expect(text()).toContain(words.nothingFits));
    expect(button(words.tryPocket('Pocket'))).toBeDefined();
    expect(button(words.ownChoose)).toBeDefined();
  });
});
