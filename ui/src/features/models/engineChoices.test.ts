import { mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { queryClient } from '../../data';
import Provided from '../../data/Provided.svelte';
import { HostError, setHost, type Host } from '../../host';
import { memoryHost } from '../../host/memory';
import MinePage from './MinePage.svelte';
import { words } from './words';

/** A dialogue takes its time on a machine that does other things too. */
const soon = <Seen>(look: () => Seen | Promise<Seen>) => vi.waitFor(look, 4_500);
const button = (start: string) =>
  [...document.querySelectorAll('button')].find((each) => each.ariaLabel?.startsWith(start));
const named = (by: string, element: Element) =>
  (element.getAttribute(by) ?? '')
    .split(' ')
    .map((id) => document.getElementById(id)?.textContent)
    .join(' ');

let host: Host;
let shown: Record<string, unknown>;

/** The engines of the dialogue: name, what is said beside it, and the choice. */
function engines() {
  const radios = [...document.querySelectorAll<HTMLInputElement>('[role="dialog"] input[type="radio"]')];
  return radios.map((radio) => ({
    radio,
    name: named('aria-labelledby', radio),
    note: named('aria-describedby', radio),
  }));
}

const chosen = () => engines().find(({ radio }) => radio.checked)?.name;
const choose = (name: string) =>
  engines()
    .find((engine) => engine.name === name)
    ?.radio.click();

async function open(model: string): Promise<void> {
  await soon(() => expect(button(words.engineOf(model))).toBeDefined());
  button(words.engineOf(model))?.click();
  await soon(() => expect(engines()).toHaveLength(3));
}

beforeEach(() => {
  host = memoryHost();
  setHost(host);
  shown = mount(Provided, {
    target: document.body,
    props: { component: MinePage as never, props: {} },
  });
});

afterEach(async () => {
  await unmount(shown);
  queryClient.clear();
  setHost(null);
});

it('another engine is chosen for a model, and the choice taken back', async () => {
  await open('Pocket');
  expect(chosen()).toBe(words.automatic);
  expect(engines().map(({ note }) => note)).toEqual([
    words.automaticHint,
    'the fastest here · writes 18 tok/s, reads 141 tok/s',
    'not measured yet',
  ]);
  choose('mistral.rs');
  await soon(() => expect(button(words.engineOf('Pocket'))?.textContent).toBe('mistral.rs · you chose it'));
  expect(chosen()).toBe('mistral.rs');
  choose(words.automatic);
  await soon(() =>
    expect(button(words.engineOf('Pocket'))?.textContent).toBe('llama.cpp · the fastest here · 18 tok/s'),
  );
});

it('of two quick choices the last one holds', async () => {
  await open('Pocket');
  choose('llama.cpp');
  choose('mistral.rs');
  expect(chosen(), 'nobody waits for the host').toBe('mistral.rs');
  await soon(() => expect(button(words.engineOf('Pocket'))?.textContent).toBe('mistral.rs · you chose it'));
  expect(chosen()).toBe('mistral.rs');
});

it('an engine that cannot run the model says why and cannot be chosen', async () => {
  await open('Gemma 3 4B it');
  const refused = engines().find(({ name }) => name === 'mistral.rs');
  expect(refused?.radio.disabled).toBe(true);
  expect(refused?.note).toContain('does not know the architecture');
});

it('a choice that could not be kept is shown no longer', async () => {
  await open('Pocket');
  const info = { code: 'disk_full', message: 'The disk is full.', retryable: true } as const;
  setHost({
    ...host,
    call: (name, request) =>
      name === 'model.chooseEngine' ? Promise.reject(new HostError(info)) : host.call(name, request),
  });
  choose('mistral.rs');
  await soon(() => expect(chosen()).toBe(words.automatic));
});

it('a model in memory says that the choice holds from its next load on', async () => {
  await open('Qwen3 4B');
  expect(document.body.textContent).toContain(words.nextLoad);
});
