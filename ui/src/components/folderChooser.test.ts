import { mount, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';

import { queryClient } from '../data';
import Provided from '../data/Provided.svelte';
import { setHost } from '../host';
import { memoryHost } from '../host/memory';
import FolderChooser from './FolderChooser.svelte';

/** A dialogue takes its time on a machine that does other things too. */
const soon = <Seen>(look: () => Seen | Promise<Seen>) => vi.waitFor(look, 4_500);
let shown: Record<string, unknown> = {};
const button = (words: string) =>
  [...document.querySelectorAll('button')].find(({ textContent }) => textContent?.includes(words));

afterEach(async () => {
  await unmount(shown);
  queryClient.clear();
  setHost(null);
});

it('says that a folder is being read for as long as that lasts', async () => {
  setHost(memoryHost());
  let done = () => {};
  const onchoose = vi.fn(() => new Promise<void>((resolve) => (done = resolve)));
  const props = { label: 'Add folder', confirm: 'Add', onchoose };
  shown = mount(Provided, { target: document.body, props: { component: FolderChooser as never, props } });
  button('Add folder')?.click();
  const field = await soon(() => document.querySelector('input') ?? Promise.reject(new Error('no field')));
  field.value = '/models';
  field.dispatchEvent(new Event('input', { bubbles: true }));
  await soon(() => expect(button('Add')?.disabled).toBe(false));
  document.querySelector('form')?.requestSubmit();
  await soon(() => expect(button('Reading the folder…')?.disabled).toBe(true));
  expect(document.querySelector('[role="status"]')?.textContent).toBe('Reading the folder…');
  expect(onchoose).toHaveBeenCalledWith('/models');
  done();
  await soon(() => expect(button('Add folder')?.disabled).toBe(false));
  expect(document.querySelector('[role="status"]')?.textContent).toBe('');
});
