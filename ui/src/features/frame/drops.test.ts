import { mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { FileDrop as Drop } from '../../contract/bindings';
import { queryClient } from '../../data';
import { HostError, setHost, type Host } from '../../host';
import { memoryHost } from '../../host/memory';
import { World } from '../../host/memory/world';
import { t } from '../../words/en';
import FileDrop from './FileDrop.svelte';

const told = vi.hoisted(() => ({ toast: vi.fn(), toastError: vi.fn(), toastUndo: vi.fn() }));
vi.mock('../../components/ui/toast', () => told);

const soon = <Seen>(look: () => Seen | Promise<Seen>) => vi.waitFor(look, 4_500);
const veil = () => document.body.textContent?.includes(t.drops.title) ?? false;

let world: World;
let host: Host;
let shown: Record<string, unknown>;

const send = (event: Drop) => {
  for (const listener of world.drops) listener(event);
};
const drop = (...paths: string[]) => send({ kind: 'dropped', paths });
const folders = async () => (await host.call('model.list', {})).folders.map(({ path }) => path);

beforeEach(() => {
  world = new World();
  host = memoryHost(world);
  setHost(host);
  shown = mount(FileDrop, { target: document.body });
});

afterEach(async () => {
  await unmount(shown);
  document.body.replaceChildren();
  queryClient.clear();
  setHost(null);
  vi.clearAllMocks();
});

describe('files over the window', () => {
  it('are met with a veil that goes when they do', async () => {
    await soon(() => expect(world.drops.size).toBe(1));
    send({ kind: 'over' });
    await soon(() => expect(veil()).toBe(true));
    send({ kind: 'left' });
    await soon(() => expect(veil()).toBe(false));
    send({ kind: 'over' });
    await soon(() => expect(veil()).toBe(true));
    drop();
    await soon(() => expect(veil(), 'they were let go').toBe(false));
  });

  it('were not meant for a page with a question on it', async () => {
    await soon(() => expect(world.drops.size).toBe(1));
    const question = document.body.appendChild(document.createElement('div'));
    question.setAttribute('role', 'alertdialog');
    send({ kind: 'over' });
    drop('/home/ana/Downloads');
    await soon(() => expect(told.toast).toHaveBeenCalledWith(t.drops.dialogueFirst));
    expect(veil()).toBe(false);
    expect(await folders()).not.toContain('/home/ana/Downloads');
  });
});

describe('what was dropped', () => {
  it('is looked in: of a file the folder, and Undo forgets it', async () => {
    drop('/home/ana/Downloads/granite-4-tiny.gguf');
    await soon(() => expect(told.toastUndo).toHaveBeenCalledOnce());
    const [words, undo] = told.toastUndo.mock.calls[0] as [string, () => void];
    expect(words).toBe('1 model found in /home/ana/Downloads');
    expect(await folders()).toContain('/home/ana/Downloads');
    undo();
    await soon(async () => expect(await folders()).not.toContain('/home/ana/Downloads'));
  });

  it('is not kept where it holds no models', async () => {
    drop('/home/ana/Pictures');
    await soon(() => expect(told.toast).toHaveBeenCalledOnce());
    expect(told.toast.mock.calls[0]?.[0]).toBe('No models in /home/ana/Pictures');
    expect(await folders()).not.toContain('/home/ana/Pictures');
  });

  it('is known already where it lies in a folder of the list, which stays', async () => {
    drop('/home/ana/models');
    await soon(() => expect(told.toast).toHaveBeenCalledOnce());
    expect(told.toast.mock.calls[0]).toEqual([
      'Inglenook looks in /home/ana/models already',
      { description: '2 models there.' },
    ]);
    expect(await folders()).toContain('/home/ana/models');
  });

  it('is known too where it lies in such a folder, or around one', async () => {
    drop('/home/ana/models/deeper');
    await soon(() => expect(told.toast).toHaveBeenCalledOnce());
    expect(told.toast.mock.calls[0]?.[0]).toBe('Inglenook looks in /home/ana/models already');
    drop('/media/ana');
    await soon(() => expect(told.toast).toHaveBeenCalledTimes(2));
    expect(told.toast.mock.calls[1]?.[0]).toBe('No models in /media/ana besides those that Inglenook knows');
    expect(await folders()).not.toContain('/media/ana');
  });

  it('is one folder, however many of its files came', async () => {
    drop('/home/ana/Downloads/granite-4-tiny.gguf', '/home/ana/Downloads/another.gguf');
    await soon(() => expect(told.toastUndo).toHaveBeenCalledOnce());
    expect(told.toast).not.toHaveBeenCalled();
  });

  it('is another program’s folder that was left out: Undo leaves it out again', async () => {
    const path = '/home/ana/.lmstudio/models';
    const ignored = async () =>
      (await host.call('model.list', {})).folders.find((folder) => folder.path === path)?.ignored;
    drop(path);
    await soon(() => expect(told.toastUndo).toHaveBeenCalledOnce());
    expect(await ignored()).toBe(false);
    (told.toastUndo.mock.calls[0] as [string, () => void])[1]();
    await soon(async () => expect(await ignored()).toBe(true));
  });

  it('is refused in the words of the host, and what came with it is looked at all the same', async () => {
    const info = { code: 'permission_denied', message: 'The folder is locked.', retryable: false } as const;
    setHost({
      ...host,
      call: (name, request) =>
        name === 'folder.add' && 'path' in request && request.path === '/locked'
          ? Promise.reject(new HostError(info))
          : host.call(name, request),
    });
    drop('/locked', '/home/ana/Downloads');
    await soon(() => expect(told.toastUndo).toHaveBeenCalledOnce());
    expect(told.toastError).toHaveBeenCalledWith(info);
  });
});
