import { mount, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';

import type { Parameter, Parameters } from '../contract/bindings';
import { UNSET } from '../contract/unset';
import Provided from '../data/Provided.svelte';
import { words } from './parameters/words';
import ParametersForm from './ParametersForm.svelte';

let shown: Record<string, unknown>;
const radios = () => [...document.querySelectorAll<HTMLButtonElement>('[role="radio"]')];
const chosen = () =>
  radios()
    .find((radio) => radio.getAttribute('aria-checked') === 'true')
    ?.textContent.trim();
const reset = () =>
  [...document.querySelectorAll('button')].find(({ ariaLabel }) => ariaLabel === words.reset(words.kvCache));

function show(takes: Parameter[], set: Partial<Parameters> = {}, defaults: Partial<Parameters> = {}) {
  const onChange = vi.fn<(parameters: Parameters) => void>();
  const props = {
    parameters: { ...UNSET, ...set },
    defaults: { ...UNSET, ...defaults },
    takes,
    maxContext: null,
    onChange,
  };
  shown = mount(Provided, {
    target: document.body,
    props: { component: ParametersForm as never, props },
  });
  return onChange;
}

afterEach(() => unmount(shown));

it('the KV cache is there only where the engine takes it', () => {
  show(['thinking']);
  expect(document.body.textContent).not.toContain(words.kvCache);
});

it('the KV cache has 16 bits until somebody says otherwise', () => {
  const onChange = show(['kv_cache']);
  expect(chosen()).toBe('16 bits');
  expect(reset(), 'there is nothing to take back').toBeUndefined();
  radios()
    .find(({ textContent }) => textContent.includes('8 bits'))
    ?.click();
  expect(onChange).toHaveBeenCalledWith({ ...UNSET, kv_cache: 'q8_0' });
});

it('the KV cache of a chat goes before the default, and back to it', () => {
  const onChange = show(['kv_cache'], { kv_cache: 'f16' }, { kv_cache: 'q8_0' });
  expect(chosen()).toBe('16 bits');
  reset()?.click();
  expect(onChange).toHaveBeenCalledWith(UNSET);
});

it('the default of the KV cache is shown where a chat says nothing', () => {
  show(['kv_cache'], {}, { kv_cache: 'q8_0' });
  expect(chosen()).toBe('8 bits (half the memory)');
});
