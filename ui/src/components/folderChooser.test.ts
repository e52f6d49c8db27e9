import { mount, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';

import { queryClient } from '../data';
import Provided from '../data/Provided.svelte';
import { setHost } from '../host';
import { memoryHost } from '../host/memory';
import FolderChooser from './FolderChooser.svelte';

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
  const field = await vi.waitFor(
    () => document.querySelector('input') ?? Promise.reject(new Error('no field')),
  );
  field.value = '/models';
  field.dispatchEvent(new Event('input', { bubbles: true }));
  await vi.waitFor(() => expect(button('Add')?.disabled).toBe(false));
  document.querySelector('form')?.requestSubmit();
  await vi.waitFor(() => expect(button('Reading the folder…')?.disabled).toBe(true));
  expect(document.querySelector('[role="status"]')?.textContent).toBe('Reading the folder…');
  expect(onchoose).toHaveBeenCalledWith('/models');
  done();
  await vi.waitFor(() => expect(button('Add folder')?.disabled).toBe(false));
  expect(document.querySelector('[role="status"]')?.textContent).toBe('');
});
