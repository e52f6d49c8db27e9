import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { queryClient } from '../../data';
import Provided from '../../data/Provided.svelte';
import { setHost } from '../../host';
import { memoryHost } from '../../host/memory';
import Palette from './Palette.svelte';
import { palette } from './palette.svelte';

/** A dialogue takes its time on a machine that does other things too. */
const soon = <Seen>(look: () => Seen | Promise<Seen>) => vi.waitFor(look, 4_500);
let shown: Record<string, unknown>;
const field = () => document.querySelector<HTMLInputElement>('input[role="combobox"]');

beforeEach(() => {
  Element.prototype.scrollIntoView = () => {};
  setHost(memoryHost());
  shown = mount(Provided, { target: document.body, props: { component: Palette as never, props: {} } });
});

afterEach(async () => {
  palette.open = false;
  await unmount(shown);
  queryClient.clear();
  setHost(null);
});

it('the palette opens with an empty search, whoever opens it', async () => {
  palette.toggle();
  await soon(() => expect(field()).not.toBeNull());
  const first = field();
  if (!first) throw new Error('the field is there');
  first.value = 'oslo';
  first.dispatchEvent(new Event('input', { bubbles: true }));
  flushSync();
  palette.toggle();
  await soon(() => expect(field()).toBeNull());
  palette.toggle();
  await soon(() => expect(field()).not.toBeNull());
  expect(field()?.value).toBe('');
});
