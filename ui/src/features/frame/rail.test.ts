import { mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { queryClient } from '../../data';
import Provided from '../../data/Provided.svelte';
import { setHost } from '../../host';
import { memoryHost } from '../../host/memory';
import { World } from '../../host/memory/world';
import type { Route } from '../../router';
import Rail from './Rail.svelte';

const soon = <Seen>(look: () => Seen | Promise<Seen>) => vi.waitFor(look, 4_500);
const models = () => [...document.querySelectorAll('a')].find((link) => link.ariaLabel?.startsWith('Models'));

let shown: Record<string, unknown>;
let world: World;

function open(route: Route): void {
  setHost(memoryHost(world));
  const props = { route, lastChat: null };
  shown = mount(Provided, { target: document.body, props: { component: Rail as never, props } });
}

beforeEach(() => (world = new World()));

afterEach(async () => {
  await unmount(shown);
  queryClient.clear();
  setHost(null);
});

describe('the rail', () => {
  it('says that something is on its way, to eyes and to ears', async () => {
    world.downloads = [
      {
        id: 'd1',
        repo: 'Qwen/Qwen3-4B-GGUF',
        name: 'Qwen3 4B',
        quantisation: 'Q4_K_M',
        files: 1,
        size_bytes: 2.5e9,
        done_bytes: 1e9,
        added_at: 0,
        state: { kind: 'running', bytes_per_s: null },
      },
    ];
    open({ page: 'chat', chat: null });
    await soon(() => expect(models()?.ariaLabel).toBe('Models, a download is on its way'));
    expect(models()?.querySelector('i'), 'the dot').not.toBeNull();
  });

  it('is quiet while nothing is', async () => {
    open({ page: 'chat', chat: null });
    await soon(() => expect(queryClient.getQueryData(['downloads'])).toEqual([]));
    expect(models()?.ariaLabel).toBe('Models');
    expect(models()?.querySelector('i')).toBeNull();
  });

  it('leads to the part of the models that was shown last, and first to those of the hub', () => {
    open({ page: 'chat', chat: null });
    expect(models()?.getAttribute('href')).toBe('#/models/discover');
  });

  it('says that the server runs, to eyes and to ears', async () => {
    const server = () => [...document.querySelectorAll('a')].find((link) => link.hash === '#/server');
    world.server.open(world.settings.server);
    open({ page: 'chat', chat: null });
    await soon(() => expect(server()?.ariaLabel).toBe('Server, it runs'));
    expect(server()?.querySelector('i'), 'the dot').not.toBeNull();
  });

  it('stays where one is', async () => {
    open({ page: 'models', tab: 'mine' });
    await soon(() => expect(models()?.getAttribute('href')).toBe('#/models/mine'));
  });
});
