import { mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Calls } from '../../contract/bindings';
import { queryClient } from '../../data';
import { followChanges } from '../../data/changes';
import Provided from '../../data/Provided.svelte';
import { setHost } from '../../host';
import { memoryHost } from '../../host/memory';
import { World } from '../../host/memory/world';
import { openModels, router } from '../../router';
import { discover } from '../discover';
import { mine } from './mine.svelte';
import MinePage from './MinePage.svelte';
import { words } from './words';

const told = vi.hoisted(() => ({ toast: vi.fn(), toastError: vi.fn(), toastUndo: vi.fn() }));
vi.mock('../../components/ui/toast', () => told);

/** A dialogue takes its time on a machine that does other things too. */
const soon = <Seen>(look: () => Seen | Promise<Seen>) => vi.waitFor(look, 4_500);
const text = () => document.body.textContent ?? '';
const nameOf = (element: Element) => element.ariaLabel ?? element.textContent?.trim() ?? '';
const button = (name: string) =>
  [...document.querySelectorAll('button')].find((each) => nameOf(each) === name);
/** The part of the table that is about a model. */
const row = (name: string) =>
  [...document.querySelectorAll<HTMLElement>('tbody')].find(
    (each) => each.querySelector('b')?.textContent === name,
  );
const shownNames = () => [...document.querySelectorAll('tbody b')].map(({ textContent }) => textContent);
const entries = () => [...document.querySelectorAll<HTMLElement>('[role="menuitem"]')];
const entry = (label: string) => entries().find(({ textContent }) => textContent?.includes(label));

let world: World;
let called: { name: string; request: unknown }[];
let shown: Record<string, unknown>;
let leave: () => void;

async function openMenu(model: string): Promise<void> {
  await soon(() => expect(button(words.more(model))).toBeDefined());
  const more = button(words.more(model));
  more?.focus();
  more?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
  await soon(() => expect(entry(words.copyPath)).toBeDefined());
}

async function choose(model: string, label: string): Promise<void> {
  await openMenu(model);
  entry(label)?.click();
}

beforeEach(() => {
  Element.prototype.scrollIntoView = () => {};
  window.matchMedia = (() => ({ matches: false, addEventListener: () => {} })) as never;
  called = [];
  world = new World();
  const memory = memoryHost(world);
  const host = {
    ...memory,
    call<Name extends keyof Calls>(name: Name, request: Calls[Name]['request']) {
      called.push({ name, request });
      return memory.call(name, request);
    },
  };
  setHost(host);
  openModels('mine');
  leave = followChanges({ host, client: queryClient });
  shown = mount(Provided, { target: document.body, props: { component: MinePage as never, props: {} } });
});

afterEach(async () => {
  leave();
  await unmount(shown);
  for (const { id } of world.downloads) world.downloads = world.downloads.filter((one) => one.id !== id);
  mine.filter = '';
  mine.sort = { by: 'name', descending: false };
  queryClient.clear();
  setHost(null);
  vi.clearAllMocks();
});

describe('the table', () => {
  it('tells what the models take, whose they are, and which are away', async () => {
    await soon(() =>
      expect(text()).toContain('8 models · 14.3 GB on disk · 1 on a disk that is not connected'),
    );
    expect(text()).toContain('Inglenook’s own 4.4 GB · your folders 6.6 GB');
    expect(row('Ministral 3B')?.textContent).toContain('in Ollama');
    expect(row('Phi-4 mini')?.textContent).toContain(words.away);
    expect(row('Phi-4 mini')?.textContent, 'it cannot be loaded').not.toContain(words.load);
  });

  it('is sorted by its headings', async () => {
    await soon(() => expect(button('Size')).toBeDefined());
    button('Size')?.click();
    await soon(() => expect(shownNames()[0]).toBe('Llava 1.5 7B'));
    expect(button('Size')?.closest('th')?.ariaSort).toBe('descending');
    expect(button('Name')?.closest('th')?.ariaSort).toBe('none');
    button('Size')?.click();
    await soon(() => expect(shownNames()[0]).toBe('Pocket'));
    button('Last used')?.click();
    await soon(() => expect(shownNames()[0]).toBe('Qwen3 4B'));
  });

  it('has a field to filter by as soon as there are many', async () => {
    await soon(() => expect(row('Pocket')).toBeDefined());
    expect(document.querySelector('input[type="search"]'), 'eight can be looked through').toBeNull();
    document.querySelector<HTMLElement>('[role="switch"][aria-checked="false"]')?.click();
    const field = await soon(
      () =>
        document.querySelector<HTMLInputElement>('input[type="search"]') ??
        Promise.reject(new Error('no field')),
    );
    field.value = 'qwen bf16';
    field.dispatchEvent(new Event('input', { bubbles: true }));
    await soon(() => expect(shownNames()).toEqual(['Qwen3 0.6B']));
    expect(text()).toContain('1 of 9 models');
    field.value = 'nothing like it';
    field.dispatchEvent(new Event('input', { bubbles: true }));
    await soon(() => expect(text()).toContain('No model matches “nothing like it”'));
  });
});

describe('deleting a model', () => {
  it('names what goes, frees its bytes, and the keyboard goes on in the next row', async () => {
    await choose('Qwen3 4B', words.remove);
    await soon(() => expect(button(words.removeConfirm)).toBeDefined());
    const question = document.querySelector('[role="alertdialog"]')?.textContent;
    expect(question).toContain('Delete Qwen3 4B?');
    expect(question).toContain('Its file is deleted for good. That frees 2.5 GB.');
    expect(question).toContain(words.removeLoaded);
    expect(question).toContain(words.removeChats);
    expect(question).toContain('/models/Qwen/Qwen3-4B-GGUF/Qwen3-4B-Q4_K_M.gguf');
    button(words.removeConfirm)?.click();
    await soon(() => expect(told.toast).toHaveBeenCalledWith('Qwen3 4B was deleted · 2.5 GB free again'));
    await soon(() => expect(row('Qwen3 4B')).toBeUndefined());
    await soon(() => expect(document.activeElement).toBe(button(words.more('SmolLM3 3B'))));
  });

  it('is given up without a trace', async () => {
    await choose('Qwen3 4B', words.remove);
    await soon(() => expect(button(words.keep)).toBeDefined());
    button(words.keep)?.click();
    await soon(() => expect(button(words.keep)).toBeUndefined());
    await soon(() => expect(document.activeElement).toBe(button(words.more('Qwen3 4B'))));
    expect(called.map(({ name }) => name)).not.toContain('model.delete');
  });

  it('is not offered where it cannot be, and the menu says why', async () => {
    await openMenu('Pocket');
    expect(entry(words.remove)?.textContent).toContain('It ships with Inglenook.');
    entry(words.remove)?.click();
    expect(document.querySelector('[role="alertdialog"]')).toBeNull();
  });
});

describe('checking a model’s files', () => {
  it('shows how far it is, what is wrong, and mends it with another download', async () => {
    world.diskBytesPerS = 3e9;
    await choose('SmolLM3 3B', words.check);
    const bar = () => row('SmolLM3 3B')?.querySelector('[role="progressbar"]');
    await soon(() => expect(bar()?.ariaLabel).toBe(words.checkingName('SmolLM3 3B')));
    await soon(() => expect(row('SmolLM3 3B')?.textContent).toMatch(/checking its files, [1-9]\d? %/));
    await soon(() => expect(row('SmolLM3 3B')?.textContent).toContain('its checksum is another one'));
    button(words.downloadAgainName('SmolLM3 3B'))?.click();
    await soon(() => expect(row('SmolLM3 3B')?.textContent).toContain(words.again));
    expect(called.find(({ name }) => name === 'download.start')?.request).toMatchObject({
      repo: 'HuggingFaceTB/SmolLM3-3B-GGUF',
      revision: '1a'.repeat(20),
      item: 'SmolLM3-3B-Q4_K_M.gguf',
    });
    expect(button(words.downloadAgainName('SmolLM3 3B')), 'once is enough').toBeUndefined();
  });

  it('is stopped in its row, where the keyboard goes on', async () => {
    await choose('Ministral 3B', words.check);
    await soon(() => expect(button(words.stopCheckOf('Ministral 3B'))).toBeDefined());
    button(words.stopCheckOf('Ministral 3B'))?.focus();
    button(words.stopCheckOf('Ministral 3B'))?.click();
    await soon(() => expect(row('Ministral 3B')?.querySelector('[role="progressbar"]')).toBeNull());
    await soon(() => expect(document.activeElement).toBe(button(words.more('Ministral 3B'))));
  });

  it('is offered only where it is known what the files have to be', async () => {
    await openMenu('Gemma 3 4B it');
    expect(entry(words.check)).toBeUndefined();
    expect(entry(words.showOnHub), 'nobody knows where it came from').toBeUndefined();
  });
});

describe('newer versions', () => {
  it('are looked for when a person asks, told in words, and fetched', async () => {
    await soon(() => expect(button(words.findUpdates)).toBeDefined());
    expect(called.map(({ name }) => name)).not.toContain('model.findUpdates');
    button(words.findUpdates)?.click();
    await soon(() => expect(text()).toContain('2 of 2 have a newer version.'));
    const newer = () => button(words.updateName('Qwen3 4B', words.newer('2.1 GB')));
    await soon(() => expect(newer()).toBeDefined());
    newer()?.focus();
    newer()?.click();
    await soon(() => expect(row('Qwen3 4B')?.textContent).toContain('on its way'));
    expect(called.find(({ name }) => name === 'model.update')).toBeDefined();
    await soon(() => expect(document.activeElement?.textContent).toContain('on its way'));
    expect(button(words.updateAll('1.9 GB')), 'one is no "all"').toBeUndefined();
  });

  it('are all fetched with one press', async () => {
    await soon(() => expect(button(words.findUpdates)).toBeDefined());
    button(words.findUpdates)?.click();
    await soon(() => expect(button(words.updateAll('4.0 GB'))).toBeDefined());
    button(words.updateAll('4.0 GB'))?.click();
    await soon(() => expect(world.downloads).toHaveLength(2));
    await soon(() => expect(row('SmolLM3 3B')?.textContent).toContain('on its way'));
  });

  it('lie on the card of the repository, one click away', async () => {
    await choose('Qwen3 4B', words.showOnHub);
    await soon(() => expect(router.route).toEqual({ page: 'models', tab: 'discover' }));
    expect(discover.shown?.repo).toBe('Qwen/Qwen3-4B-GGUF');
  });
});

describe('the folders', () => {
  const item = (path: string) =>
    [...document.querySelectorAll('li')].find((each) => each.querySelector('.path')?.textContent === path);

  it('say whose they are, and of those that are away that nothing is lost', async () => {
    await soon(() => expect(item('/media/ana/Archive/models')).toBeDefined());
    expect(item('/media/ana/Archive/models')?.textContent).toContain(
      'not connected; its model is remembered',
    );
    expect(item('/media/ana/Archive/models')?.querySelector('.bad')).toBeNull();
    expect(item('/home/ana/.ollama/models')?.textContent).toContain('Ollama’s · 1 model');
    expect(item('/home/ana/.lmstudio/models')?.textContent).toContain(words.ignoredFolder);
  });

  it('of other programs are left out by a switch', async () => {
    const ollama = '/home/ana/.ollama/models';
    await soon(() => expect(row('Ministral 3B')).toBeDefined());
    item(ollama)?.querySelector<HTMLElement>('[role="switch"]')?.click();
    await soon(() => expect(row('Ministral 3B')).toBeUndefined());
    expect(item(ollama)?.textContent, 'it stays on the list').toContain(words.ignoredFolder);
    expect(called.find(({ name }) => name === 'folder.use')?.request).toEqual({ path: ollama, used: false });
  });

  it('of one’s own are forgotten and brought back, also while they are away', async () => {
    const away = '/media/ana/Archive/models';
    await soon(() => expect(item(away)).toBeDefined());
    item(away)?.querySelector('button')?.focus();
    item(away)?.querySelector('button')?.click();
    await soon(() => expect(item(away)).toBeUndefined());
    await soon(() => expect(document.activeElement).toBe(item('/home/ana/models')?.querySelector('button')));
    const [, undo] = told.toastUndo.mock.calls[0] as [string, () => void];
    undo();
    await soon(() => expect(item(away)?.textContent).toContain('not connected; its model is remembered'));
  });
});
