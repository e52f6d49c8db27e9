import { mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Calls, ServerRequest } from '../../contract/bindings';
import { keys, queryClient, saveSettings } from '../../data';
import { followChanges } from '../../data/changes';
import Provided from '../../data/Provided.svelte';
import { HostError, setHost, type Host } from '../../host';
import { memoryHost } from '../../host/memory';
import { aRequest } from '../../host/memory/serverSeed';
import { World } from '../../host/memory/world';
import { allActions } from '../palette';
import { registerServerActions } from './actions';
import { changeServer } from './served';
import ServerPage from './ServerPage.svelte';
import { words } from './words';

const told = vi.hoisted(() => ({ toast: vi.fn(), toastError: vi.fn(), toastUndo: vi.fn() }));
vi.mock('../../components/ui/toast', () => told);

/** A dialogue takes its time on a machine that does other things too. */
const soon = <Seen>(look: () => Seen | Promise<Seen>) => vi.waitFor(look, 4_500);
const text = () => document.body.textContent ?? '';
const nameOf = (element: Element) => element.ariaLabel ?? element.textContent?.trim() ?? '';
const dialogue = () => document.querySelector('[role="dialog"]');
const button = (name: string, within: ParentNode = document) =>
  [...within.querySelectorAll('button')].find((each) => nameOf(each) === name);
const labelled = <Found extends HTMLElement>(name: string): Found => {
  const label = [...document.querySelectorAll('label')].find((each) => each.textContent?.trim() === name);
  const found = label && document.getElementById(label.htmlFor);
  if (!found) throw new Error(`nothing is called ${name}`);
  return found as Found;
};
const rows = () => [...document.querySelectorAll<HTMLElement>('ul[aria-labelledby="server-requests"] > li')];

function type(field: HTMLInputElement, typed: string): void {
  field.value = typed;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

const enter = (field: HTMLElement) =>
  field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
const submit = (field: HTMLInputElement) =>
  field.form?.dispatchEvent(new SubmitEvent('submit', { bubbles: true, cancelable: true }));

let world: World;
let host: Host;
let shown: Record<string, unknown>;
let leave: () => void;
/** Why settings are not kept, where they are not. */
let refusal: string | null;

async function press(name: string): Promise<void> {
  await soon(() => expect(button(name)?.disabled, name).toBe(false));
  button(name)?.click();
}

async function switchIt(): Promise<void> {
  await soon(() => expect(labelled<HTMLButtonElement>(words.switch).disabled).toBe(false));
  labelled(words.switch).click();
}

/** Opens the settings and waits for a field of theirs. */
async function set(label: string): Promise<HTMLInputElement> {
  await press(words.settings);
  return soon(() => labelled<HTMLInputElement>(label));
}

beforeEach(() => {
  Element.prototype.scrollIntoView = () => {};
  window.matchMedia = (() => ({ matches: false, addEventListener: () => {} })) as never;
  world = new World();
  refusal = null;
  const memory = memoryHost(world);
  host = {
    ...memory,
    call<Name extends keyof Calls>(name: Name, request: Calls[Name]['request']) {
      if (name === 'settings.save' && refusal !== null)
        throw new HostError({ code: 'invalid_request', message: refusal, retryable: false });
      return memory.call(name, request);
    },
  };
  setHost(host);
  leave = followChanges({ host, client: queryClient });
  shown = mount(Provided, { target: document.body, props: { component: ServerPage as never, props: {} } });
});

afterEach(async () => {
  leave();
  await unmount(shown);
  document.body.replaceChildren();
  queryClient.clear();
  setHost(null);
  vi.clearAllMocks();
});

describe('the switch', () => {
  it('opens the server, says so, and shows where', async () => {
    await soon(() => expect(text()).toContain(words.reach.off));
    await switchIt();
    await soon(() => expect(text()).toContain(words.reach.own));
    expect(document.querySelector('header [role="status"]')?.textContent).toBe('Running');
    expect(document.querySelector('section code')?.textContent).toBe('http://127.0.0.1:1234/v1');
    await switchIt();
    await soon(() => expect(world.server.state.kind).toBe('off'));
  });

  it('that finds its port taken says why, and leads to another one', async () => {
    world.server.taken.add(1234);
    await switchIt();
    await soon(() => expect(document.querySelector('[role="alert"]')?.textContent).toContain('port 1234'));
    expect(text()).toContain(words.states.failed);
    await press(words.changePort);
    const port = await soon(() => labelled<HTMLInputElement>(words.set.port));
    await soon(() => expect(document.activeElement, 'one can type at once').toBe(port));
    type(port, '4321');
    enter(port);
    await soon(() => expect(world.server.state).toMatchObject({ address: 'http://127.0.0.1:4321' }));
    await soon(() => expect(text()).not.toContain(words.failed));
  });

  it('is in the palette, the way that does something', async () => {
    let running: boolean | null = null;
    const take = registerServerActions(() => running);
    const offered = () => allActions().map(({ id }) => id);
    expect(offered(), 'nobody knows yet').toEqual(['server.open']);
    running = false;
    expect(offered()).toEqual(['server.open', 'server.on']);
    allActions()
      .find(({ id }) => id === 'server.on')
      ?.run();
    await soon(() => expect(world.server.state.kind).toBe('running'));
    await soon(() =>
      expect(told.toast.mock.calls[0]?.[0], 'its page is not shown').toBe(
        words.runsAt('http://127.0.0.1:1234'),
      ),
    );
    running = true;
    expect(offered()).toEqual(['server.open', 'server.off']);
    take();
    expect(offered()).toEqual([]);
  });
});

describe('the example', () => {
  const code = () => document.querySelector('section pre')?.textContent;

  it('asks the loaded model, in whichever language', async () => {
    await soon(() => expect(code()).toContain('OpenAI(base_url="http://127.0.0.1:1234/v1"'));
    expect(code(), 'Pocket comes first, but is not loaded').toContain('model="qwen3-4b"');
    await press('curl');
    await press('Anthropic');
    await soon(() => expect(code()).toContain('curl http://127.0.0.1:1234/v1/messages'));
    await press('Python');
    await press('OpenAI');
  });
});

describe('the models in memory', () => {
  it('say what they take and when they leave, and are unloaded', async () => {
    await soon(() => expect(text()).toMatch(/Qwen3 4B.*Q4_K_M · 3\.\d GB.*leaves in/));
    button(words.loaded.unload('Qwen3 4B'))?.focus();
    await press(words.loaded.unload('Qwen3 4B'));
    await soon(() => expect(text()).toContain(words.loaded.none));
    await soon(() => expect(document.activeElement).toBe(button(words.loaded.openModels)));
    expect(text()).toContain(words.loaded.onDemand);
  });

  it('that stay by their own setting say so', async () => {
    const model = world.models.find(({ state }) => state.kind === 'ready');
    if (!model) throw new Error('one is loaded');
    world.models = world.models.map((one) =>
      one.id === model.id && one.state.kind === 'ready'
        ? { ...one, state: { ...one.state, unload_at: null } }
        : one,
    );
    const models = [{ model: model.id, aliases: [], idle_unload_minutes: 0 }];
    await saveSettings(changeServer({ models }));
    await queryClient.invalidateQueries({ queryKey: keys.models });
    await soon(() => expect(text()).toContain('stays in memory'));
  });
});

describe('the requests', () => {
  const asked = (more: Partial<ServerRequest>) =>
    aRequest(5, { at: Date.now(), model: 'Pocket', token: 'editor', ...more });

  it('come while somebody looks, and change as they get on', async () => {
    await soon(() => expect(rows()).toHaveLength(4));
    world.server.serve(asked({}));
    await soon(() => expect(rows()[0]?.textContent).toContain(words.requests.waiting));
    expect(rows()[0]?.querySelector('svg'), 'a spinner').not.toBeNull();
    world.server.serve(asked({ status: 200, ended: true, completion_tokens: 9, first_token_ms: 120 }));
    await soon(() => expect(rows()[0]?.textContent).toContain('9 tokens · 0.1 s to first'));
    expect(rows()[0]?.textContent).toContain('200');
    expect(rows()).toHaveLength(5);
  });

  it('open to all that is known of them', async () => {
    await soon(() => expect(rows()).toHaveLength(4));
    const row = () => rows()[0]?.querySelector('button');
    row()?.click();
    await soon(() => expect(row()?.ariaExpanded).toBe('true'));
    expect(rows()[0]?.textContent).toContain(words.requests.notKept);
    world.server.serve(
      asked({ ended: true, status: 200, request_body: '{"model":"pocket"}', response_body: 'data: 1' }),
    );
    await soon(() => expect(rows()).toHaveLength(5));
    expect(rows()[1]?.textContent, 'the one that was opened still is').toContain(words.requests.notKept);
    row()?.click();
    await soon(() => expect(rows()[0]?.textContent).toContain('{\n  "model": "pocket"\n}'));
    expect(rows()[0]?.textContent).toContain('editor');
    expect(rows()[0]?.textContent).toContain('data: 1');
  });

  it('of which there are many stand on the page when they are asked for', async () => {
    await soon(() => expect(rows()).toHaveLength(4));
    for (let number = 5; number <= 260; number += 1)
      world.server.serve(aRequest(number, { ended: true, status: 200 }));
    await soon(() => expect(rows()).toHaveLength(200));
    await press(words.requests.older(60));
    await soon(() => expect(rows()).toHaveLength(260));
  });

  it('are forgotten, apart from those under way, and the page says what to do first', async () => {
    await soon(() => expect(rows()).toHaveLength(4));
    world.server.serve(asked({}));
    await soon(() => expect(rows()).toHaveLength(5));
    await press(words.requests.clear);
    await soon(() => expect(rows()).toHaveLength(1));
    world.server.serve(asked({ ended: true, error: 'The client went away.' }));
    await soon(() => expect(rows()[0]?.textContent).toContain('The client went away.'));
    button(words.requests.clear)?.focus();
    await press(words.requests.clear);
    await soon(() => expect(text()).toContain(words.requests.noneOff));
    await soon(() => expect(document.activeElement?.textContent).toBe(words.requests.title));
    await press(words.requests.switchOn);
    await soon(() => expect(text()).toContain(words.requests.noneRunning));
  });

  it('keep what was asked only where a person says so', async () => {
    await soon(() => labelled(words.requests.keepBodies));
    labelled(words.requests.keepBodies).click();
    await soon(() => expect(world.settings.server.log_bodies).toBe(true));
  });
});

describe('tokens', () => {
  it('are made, shown once, and revoked after a question', async () => {
    await press(words.tokens);
    await soon(() => expect(text()).toContain(words.token.none));
    await soon(() => expect(document.activeElement).toBe(labelled(words.token.name)));
    expect(button(words.token.make)?.disabled, 'it has no name').toBe(true);
    type(labelled(words.token.name), ' editor ');
    await press(words.token.make);
    await soon(() => expect(text()).toContain(words.token.once));
    const secret = document.querySelector(`[aria-label="${words.token.secret}"]`)?.textContent ?? '';
    expect(secret).toMatch(/^ink-.{60,}/);
    expect(world.server.tokens[0]).toMatchObject({ name: 'editor', scopes: ['read', 'generate'] });
    await press(words.token.done);
    await soon(() => expect(document.body.innerHTML).not.toContain(secret));
    await soon(() => expect(text()).toContain('ends in 7f3a'));
    expect(text()).toContain(words.token.unused);

    await press(words.token.revoke('editor'));
    await soon(() => expect(button(words.token.revokeConfirm)).toBeDefined());
    expect(world.server.tokens).toHaveLength(1);
    await press(words.token.revokeConfirm);
    await soon(() => expect(world.server.tokens).toHaveLength(0));
  });

  it('that the host refuses keep what was typed', async () => {
    world.server.makeToken = () => {
      throw new HostError({ code: 'disk_full', message: 'The disk is full.', retryable: true });
    };
    await press(words.tokens);
    const name = await soon(() => labelled<HTMLInputElement>(words.token.name));
    type(name, 'editor');
    await press(words.token.make);
    await soon(() => expect(text()).toContain('The disk is full.'));
    expect(labelled<HTMLInputElement>(words.token.name).value).toBe('editor');
  });
});

describe('sharing with the network', () => {
  it('takes a token first, then shows the addresses, and ends again', async () => {
    await switchIt();
    await press(words.share);
    await soon(() => expect(text()).toContain(words.lan.first));
    const share = () => dialogue() && button(words.lan.confirm, dialogue() as Element);
    expect(share()?.disabled).toBe(true);
    type(labelled(words.token.name), 'laptop');
    await press(words.token.make);
    await press(words.token.done);
    await press(words.lan.confirm);
    await soon(() => expect(dialogue()?.textContent).toContain('http://ana-laptop.local:1234/v1'));
    expect(world.settings.server.lan).toBe(true);
    await soon(() => expect(document.querySelector('section pre')?.textContent).toContain('ink-…'));
    await press(words.lan.stop);
    await soon(() => expect(world.settings.server.lan).toBe(false));
  });

  it('without a token says so where the server cannot start, and leads to one', async () => {
    await saveSettings(changeServer({ lan: true }));
    await switchIt();
    await soon(() => expect(text()).toContain('needs a token'));
    await press(words.makeToken);
    await soon(() => expect(dialogue()?.textContent).toContain(words.token.needed));
  });
});

describe('the settings', () => {
  it('take only ports that there are, and keep what was typed', async () => {
    const port = await set(words.set.port);
    type(port, '70000');
    enter(port);
    await soon(() => expect(text()).toContain(words.set.portWrong));
    expect([port.value, world.settings.server.port]).toEqual(['70000', 1234]);
    type(port, '8080');
    enter(port);
    await soon(() => expect(world.settings.server.port).toBe(8080));
    expect(text()).not.toContain(words.set.portWrong);
  });

  it('of answers are kept, those of all models too', async () => {
    const inMemory = await set(words.set.inMemory);
    type(inMemory, '3');
    inMemory.dispatchEvent(new FocusEvent('blur'));
    await soon(() => expect(world.settings.models_in_memory).toBe(3));
    labelled(words.set.onDemand).click();
    await soon(() => expect(world.settings.server.load_on_demand).toBe(false));
  });

  it('of what goes on without the window are there where there is a window', async () => {
    await set(words.set.port);
    expect(text(), 'a browser has neither tray nor login').not.toContain(words.set.keep);
    expect(text()).not.toContain(words.set.login);
  });

  it('keep the server in the tray, and start it at login', async () => {
    world.abilities = { ...world.abilities, tray: true, start_at_login: true };
    await set(words.set.keep);
    expect(labelled(words.set.keep).ariaChecked, 'programs keep their server').toBe('true');
    labelled(words.set.keep).click();
    await soon(() => expect(world.settings.server.keep_serving).toBe(false));
    await soon(() => expect(labelled<HTMLButtonElement>(words.set.login).disabled).toBe(false));
    labelled(words.set.login).click();
    await soon(() => expect(labelled(words.set.login).ariaChecked).toBe('true'));
    expect(world.startsAtLogin).toBe(true);
  });

  it('say where there is no tray to keep it in, and what the system refuses', async () => {
    world.abilities = { ...world.abilities, tray: false, start_at_login: true };
    const refused = 'The system could not change what it starts at login.';
    const { call } = host;
    host.call = (name, request) => {
      if (name !== 'desktop.setStartAtLogin') return call(name, request);
      return Promise.reject(new HostError({ code: 'unavailable', message: refused, retryable: false }));
    };
    await set(words.set.keep);
    expect(labelled<HTMLButtonElement>(words.set.keep).disabled).toBe(true);
    expect(labelled(words.set.keep).ariaChecked).toBe('false');
    expect(text()).toContain(words.set.keepNoTray);
    await soon(() => expect(labelled<HTMLButtonElement>(words.set.login).disabled).toBe(false));
    labelled(words.set.login).click();
    await soon(() => expect(text()).toContain(refused));
    expect(labelled(words.set.login).ariaChecked, 'the switch shows what is').toBe('false');
  });

  it('warn that nobody can come in where a token is asked for and there is none', async () => {
    await set(words.set.port);
    labelled(words.set.requireToken).click();
    await soon(() => expect(text()).toContain(words.set.requireTokenNone));
    world.server.makeToken({ name: 'editor', scopes: ['read'] });
    await queryClient.invalidateQueries({ queryKey: ['server'] });
    await soon(() => expect(text()).not.toContain(words.set.requireTokenNone));
  });

  it('list web pages; one that is refused stays to be mended', async () => {
    const field = await set(words.set.addOrigin);
    type(field, 'http://localhost:3000');
    submit(field);
    await soon(() => expect(world.settings.server.origins).toEqual(['http://localhost:3000']));
    await soon(() => expect(field.value).toBe(''));
    refusal = '“*” is no address of a web page’s origin.';
    type(field, '*');
    submit(field);
    await soon(() => expect(text()).toContain(refusal));
    expect(field.value).toBe('*');
    expect(button(words.set.remove('*')), 'it is not in the list').toBeUndefined();
    refusal = null;
    await press(words.set.remove('http://localhost:3000'));
    await soon(() => expect(world.settings.server.origins).toEqual([]));
  });

  it('give a model further names', async () => {
    const field = await set(words.set.addAlias('Pocket'));
    type(field, 'gpt-4o');
    submit(field);
    const pocket = world.models.find(({ name }) => name === 'Pocket');
    await soon(() =>
      expect(world.settings.server.models).toEqual([
        { model: pocket?.id, aliases: ['gpt-4o'], idle_unload_minutes: null },
      ]),
    );
    await soon(() => expect(text()).toContain(words.set.also(['gpt-4o'])));
  });
});

it('what cannot be read says so, and is tried again', async () => {
  await soon(() => expect(rows()).toHaveLength(4));
  await unmount(shown);
  queryClient.clear();
  let gone = true;
  setHost({
    ...host,
    call<Name extends keyof Calls>(name: Name, request: Calls[Name]['request']) {
      if (gone && name === 'server.status')
        throw new HostError({ code: 'internal', message: 'Nobody answers.', retryable: false });
      return host.call(name, request);
    },
  });
  shown = mount(Provided, { target: document.body, props: { component: ServerPage as never, props: {} } });
  await soon(() => expect(text()).toContain('Nobody answers.'));
  gone = false;
  await press(words.retry);
  await soon(() => expect(rows()).toHaveLength(4));
});
