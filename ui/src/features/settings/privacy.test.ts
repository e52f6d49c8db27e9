import { mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Settings } from '../../contract/bindings';
import { queryClient } from '../../data';
import Provided from '../../data/Provided.svelte';
import { HostError, setHost, type Host } from '../../host';
import { memoryHost } from '../../host/memory';
import { World } from '../../host/memory/world';
import SettingsPage from './SettingsPage.svelte';
import { words } from './words';

/** A page takes its time on a machine that does other things too. */
const soon = <Seen>(look: () => Seen | Promise<Seen>) => vi.waitFor(look, 4_500);
const text = () => document.body.textContent ?? '';
const button = (name: string) =>
  [...document.querySelectorAll('button')].find((each) => each.textContent?.trim() === name);
const labelled = <Found extends HTMLElement>(name: string): Found => {
  const label = [...document.querySelectorAll('label')].find((each) => each.textContent === name);
  const found = label && document.getElementById(label.htmlFor);
  if (!found) throw new Error(`nothing is called ${name}`);
  return found as Found;
};
const rows = () => document.querySelectorAll('tbody tr').length;

function type(field: HTMLInputElement, typed: string): void {
  field.value = typed;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

const press = (field: HTMLElement, key: string) =>
  field.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));

let world: World;
let host: Host;
let shown: Record<string, unknown>;
let written: Settings[];

function show(): void {
  shown = mount(Provided, {
    target: document.body,
    props: { component: SettingsPage as never, props: { section: 'privacy' } },
  });
}

beforeEach(() => {
  window.matchMedia = (() => ({ matches: false, addEventListener: () => {} })) as never;
  world = new World();
  host = memoryHost(world);
  written = [];
  setHost({
    ...host,
    call: (name, request) => {
      if (name === 'settings.save') written.push(request as Settings);
      return host.call(name, request);
    },
  });
});

afterEach(async () => {
  await unmount(shown);
  queryClient.clear();
  setHost(null);
});

describe('the switches', () => {
  it('take the whole application offline', async () => {
    show();
    await soon(() => labelled(words.privacy.offline));
    labelled(words.privacy.offline).click();
    await soon(() => expect(world.settings.offline).toBe(true));
    await soon(() => expect(text()).toContain(words.hosts.offline));
  });

  it('of two hosts do not undo each other', async () => {
    show();
    await soon(() => labelled(words.hosts.allow('hf.co')));
    labelled(words.hosts.allow('hf.co')).click();
    labelled(words.hosts.allow('huggingface.co')).click();
    await soon(() => expect(world.settings.blocked_hosts).toEqual(['hf.co', 'huggingface.co']));
    await soon(() => expect(labelled(words.hosts.allow('hf.co')).ariaChecked).toBe('false'));
    labelled(words.hosts.allow('hf.co')).click();
    await soon(() => expect(world.settings.blocked_hosts).toEqual(['huggingface.co']));
  });

  it('show a host below one that is off as off, with the reason', async () => {
    world.settings = { ...world.settings, blocked_hosts: ['co'] };
    show();
    await soon(() => expect(text()).toContain(words.hosts.offWith('co')));
    expect(labelled<HTMLButtonElement>(words.hosts.allow('huggingface.co')).disabled).toBe(true);
    expect(labelled<HTMLButtonElement>(words.hosts.allow('co')).disabled, 'that one has a switch').toBe(
      false,
    );
  });
});

describe('the ledger', () => {
  const contacts = (host: string, times: number) => {
    for (let time = 0; time < times; time += 1) world.contact(host, `contact ${time} with ${host}`, 2_000);
  };

  it('says so when nothing has left this machine', async () => {
    show();
    await soon(() => expect(text()).toContain(words.ledger.nothing));
    expect(button(words.ledger.empty), 'there is nothing to empty').toBeUndefined();
  });

  it('tells every contact, newest first, and older ones when asked', async () => {
    contacts('huggingface.co', 60);
    show();
    await soon(() => expect(rows()).toBe(50));
    const first = document.querySelector('tbody tr')?.textContent;
    expect(first).toContain('contact 59 with huggingface.co');
    expect(first).toContain('412 B');
    expect(first).toContain('answered');
    button(words.ledger.more)?.click();
    await soon(() => expect(rows()).toBe(60));
    expect(text()).toContain(words.hosts.figures({ ...hostOf(60), last_at: Date.now() }, Date.now()));
  });

  const hostOf = (times: number) => ({
    host: '',
    purpose: '',
    allowed: true,
    contacts: times,
    received_bytes: times * 2_000,
    last_at: null,
  });

  it('is read for one host at a click on its name, however far back it was contacted', async () => {
    contacts('hf.co', 2);
    contacts('huggingface.co', 120);
    show();
    await soon(() => expect(rows()).toBe(50));
    button('hf.co')?.click();
    await soon(() => expect(rows()).toBe(2));
    expect(text()).toContain(words.ledger.only('hf.co'));
    button(words.ledger.all)?.click();
    await soon(() => expect(rows()).toBeGreaterThan(100));
  });

  it('is emptied only after a question', async () => {
    contacts('huggingface.co', 3);
    show();
    await soon(() => expect(rows()).toBe(3));
    await soon(() => expect(button(words.ledger.more), 'that was all').toBeUndefined());
    button(words.ledger.empty)?.click();
    await soon(() => expect(text()).toContain(words.ledger.emptyText));
    expect(world.ledger, 'nothing happened yet').toHaveLength(3);
    button(words.ledger.emptyConfirm)?.click();
    await soon(() => expect(text()).toContain(words.ledger.nothing));
    expect(world.ledger).toEqual([]);
    await soon(() => expect(document.activeElement?.ariaLabel).toBe(words.ledger.title));
  });
});

describe('an address', () => {
  const endpoint = () => labelled<HTMLInputElement>(words.access.endpoint);

  it('is kept on Enter and when the field is left, once each', async () => {
    show();
    await soon(endpoint);
    type(endpoint(), ' https://mirror.example ');
    press(endpoint(), 'Enter');
    endpoint().dispatchEvent(new FocusEvent('blur'));
    await soon(() => expect(world.settings.hub_endpoint).toBe('https://mirror.example'));
    const proxy = labelled<HTMLInputElement>(words.access.proxy);
    type(proxy, 'http://proxy.example:3128');
    proxy.dispatchEvent(new FocusEvent('blur'));
    await soon(() => expect(world.settings.proxy).toBe('http://proxy.example:3128'));
    expect(written).toHaveLength(2);
  });

  it('that is refused stays to be mended, with the reason at the field', async () => {
    const message = 'The address of the hub has to begin with https://.';
    setHost({
      ...host,
      call: (name, request) =>
        name === 'settings.save'
          ? Promise.reject(new HostError({ code: 'invalid_request', message, retryable: false }))
          : host.call(name, request),
    });
    show();
    await soon(endpoint);
    type(endpoint(), 'ftp://mirror');
    press(endpoint(), 'Enter');
    await soon(() => expect(text()).toContain(message));
    expect(endpoint().value).toBe('ftp://mirror');
    expect(document.getElementById(endpoint().getAttribute('aria-describedby') ?? '')?.textContent).toBe(
      message,
    );
    press(endpoint(), 'Escape');
    await soon(() => expect(endpoint().value, 'what holds').toBe(''));
    expect(text()).not.toContain(message);
  });
});

describe('the token', () => {
  const field = () => labelled<HTMLInputElement>(words.token.field);

  it('is tried, kept and never shown again', async () => {
    show();
    await soon(() => expect(text()).toContain('No token is kept'));
    expect(field().type).toBe('password');
    type(field(), ' hf_secret ');
    await soon(() => expect(button(words.token.save)?.disabled).toBe(false));
    button(words.token.save)?.click();
    await soon(() => expect(text()).toContain('Belongs to ana · Kept in the system’s keyring'));
    expect(field().value).toBe('');
    expect(document.body.innerHTML).not.toContain('hf_secret');
  });

  it('that the hub does not know is refused beside the field', async () => {
    show();
    await soon(field);
    type(field(), 'wrong');
    await soon(() => expect(button(words.token.save)?.disabled).toBe(false));
    button(words.token.save)?.click();
    await soon(() => expect(text()).toContain('The hub does not know this token.'));
    expect(field().getAttribute('aria-invalid')).toBe('true');
    expect(field().value, 'to be mended').toBe('wrong');
    expect(text()).toContain('No token is kept');
  });

  it('is forgotten only after a question', async () => {
    world.token = { place: 'session', user: null, trouble: 'The system’s keyring is locked.' };
    show();
    await soon(() =>
      expect(text()).toContain('Kept in memory until you quit. The system’s keyring is locked.'),
    );
    button(words.token.forget)?.click();
    await soon(() => expect(text()).toContain(words.token.forgetText));
    expect(world.token.place).toBe('session');
    button(words.token.forgetConfirm)?.click();
    await soon(() => expect(text()).toContain('No token is kept'));
    await soon(() => expect(document.activeElement).toBe(field()));
  });

  it('of the environment cannot be forgotten here', async () => {
    world.token = { place: 'environment', user: 'ana', trouble: null };
    show();
    await soon(() => expect(text()).toContain('Belongs to ana · From HF_TOKEN in the environment'));
    expect(button(words.token.forget)).toBeUndefined();
  });
});
