import { mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import type { ModelList } from '../../contract/bindings';
import { queryClient } from '../../data';
import Provided from '../../data/Provided.svelte';
import { HostError, setHost } from '../../host';
import { memoryHost } from '../../host/memory';
import PickerList from './PickerList.svelte';
import { words } from './words';

let answer: (list: ModelList) => void;
let refuse: (error: HostError) => void;
/** A dialogue takes its time on a machine that does other things too. */
const soon = <Seen>(look: () => Seen | Promise<Seen>) => vi.waitFor(look, 4_500);
let shown: Record<string, unknown>;
const text = () => document.body.textContent ?? '';

beforeEach(() => {
  const host = memoryHost();
  setHost({
    ...host,
    call: (name, request) =>
      name === 'model.list'
        ? (new Promise<ModelList>((resolve, reject) => {
            answer = resolve;
            refuse = reject;
          }) as never)
        : host.call(name, request),
  });
  const props = { models: [], chosen: null, onchoose: () => {}, onengine: () => {}, onleave: () => {} };
  shown = mount(Provided, { target: document.body, props: { component: PickerList as never, props } });
});

afterEach(async () => {
  await unmount(shown);
  queryClient.clear();
  setHost(null);
});

it('the picker says that there are no models only where it knows', async () => {
  expect(text()).toContain(words.lookingForModels);
  expect(text(), 'nobody knows yet').not.toContain(words.none);
  await soon(() => expect(answer).toBeDefined());
  answer({ models: [], folders: [], rejected: [] });
  await soon(() => expect(text()).toContain(words.none));
});

it('the picker tells why the models do not come, and asks again', async () => {
  await soon(() => expect(refuse).toBeDefined());
  refuse(new HostError({ code: 'permission_denied', message: 'The folder is locked.', retryable: true }));
  await soon(() => expect(text()).toContain('The folder is locked.'));
  expect(text()).not.toContain(words.none);
  const again = [...document.querySelectorAll('button')].find((button) =>
    button.textContent?.includes(words.retry),
  );
  again?.click();
  await soon(() => {
    answer({ models: [], folders: [], rejected: [] });
    expect(text()).toContain(words.none);
  });
});
