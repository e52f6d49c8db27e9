import { mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { queryClient } from '../../data';
import Provided from '../../data/Provided.svelte';
import { setHost } from '../../host';
import { memoryHost } from '../../host/memory';
import ModelPicker from './ModelPicker.svelte';
import { words } from './words';

/** A dialogue takes its time on a machine that does other things too. */
const soon = <Seen>(look: () => Seen | Promise<Seen>) => vi.waitFor(look, 4_500);
const button = (name: string) =>
  [...document.querySelectorAll('button')].find((each) => (each.ariaLabel ?? each.textContent) === name);

let shown: Record<string, unknown>;
let composer: HTMLTextAreaElement;

beforeEach(() => {
  setHost(memoryHost());
  composer = document.body.appendChild(document.createElement('textarea'));
  shown = mount(Provided, {
    target: document.body,
    props: { component: ModelPicker as never, props: { model: null, open: false, onpick: () => {} } },
  });
});

afterEach(async () => {
  await unmount(shown);
  composer.remove();
  queryClient.clear();
  setHost(null);
});

it('the picker leads to the engines of a model, and back to where one was', async () => {
  composer.focus();
  await soon(() => expect(document.querySelector('.picker b')?.textContent).toBe('Qwen3 4B'));
  document.querySelector<HTMLButtonElement>('.picker')?.click();
  await soon(() => expect(button(words.chooseEngine('Pocket'))).toBeDefined());
  await soon(() => expect(document.activeElement, 'the list has it').not.toBe(composer));
  button(words.chooseEngine('Pocket'))?.click();
  await soon(() => expect(button(words.done)).toBeDefined());
  expect(button(words.chooseEngine('Pocket')), 'the list is gone').toBeUndefined();
  expect(document.querySelector('[role="dialog"] h2')?.textContent).toBe('Engine of Pocket');
  await soon(() => expect(document.activeElement?.closest('[role="dialog"]')).not.toBeNull());
  button(words.done)?.click();
  await soon(() => expect(button(words.done)).toBeUndefined());
  await soon(() => expect(document.activeElement).toBe(composer));
});
