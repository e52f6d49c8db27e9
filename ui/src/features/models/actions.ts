// What can be done with models and their folders. What fails is told in a toast, or thrown where a field shows it.

import type { Model, ModelFolder } from '../../contract/bindings';
import { toast, toastError, toastUndo } from '../../components/ui';
import { adoptModels, format, keys, queryClient, saveSettings } from '../../data';
import { host, HostError } from '../../host';
import { copyText } from '../../render';
import { openChat } from '../../router';
import { newChat } from '../chat';
import { words } from './words';

async function attempt(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    toastError(HostError.from(thrown).info);
  }
}

/**
 * Resolves when it is ready, or when that failed; the list tells how far it is. One that seems not to fit is loaded
 * only `anyway`: the person may know better than the estimate.
 */
export async function load(model: Pick<Model, 'id'>, anyway = false): Promise<void> {
  try {
    await host.call('model.load', { model: model.id, anyway });
  } catch (thrown) {
    const { info } = HostError.from(thrown);
    const offer = info.code === 'out_of_memory' && !anyway;
    toastError(info, offer ? { label: words.loadAnyway, onClick: () => void load(model, true) } : undefined);
  }
}

export function unload(model: Model): Promise<void> {
  return attempt(() => host.call('model.unload', { model: model.id }));
}

let choosing: Promise<void> = Promise.resolve();

/** Has this engine run the model from its next load on; `null` leaves the choice to the application. Resolves when the
 *  list says so. One after another, so that of two quick choices the last one holds. */
export function chooseEngine({ id }: Model, engine: string | null): Promise<void> {
  choosing = choosing.then(() =>
    attempt(async () => {
      await host.call('model.chooseEngine', { model: id, engine });
      await queryClient.invalidateQueries({ queryKey: keys.models });
    }),
  );
  return choosing;
}

export function reveal({ id }: Pick<Model, 'id'>): Promise<void> {
  return attempt(() => host.call('model.reveal', { model: id }));
}

/** The page of a new chat, with this model and with what was written there before. */
export function chatWith({ id }: Pick<Model, 'id'>): Promise<void> {
  // What was chosen there goes before the model last used.
  newChat.model = id;
  openChat(null);
  return attempt(() => saveSettings({ last_model: id }));
}

export async function copyPath(model: Model): Promise<void> {
  if (await copyText(model.path)) toast(words.copied);
  else toast(words.notCopied, { description: model.path });
}

/** Deletes a model's files for good. Whether that worked; then the list no longer has it. */
export async function removeModel({ id, name }: Model): Promise<boolean> {
  try {
    const { bytes } = await host.call('model.delete', { model: id });
    await queryClient.invalidateQueries({ queryKey: keys.models });
    toast(words.wasRemoved(name, format.bytes(bytes)));
    return true;
  } catch (thrown) {
    toastError(HostError.from(thrown).info);
    return false;
  }
}

/** Adds a folder and reads it; rejects with why it cannot be. */
export async function addFolder(path: string): Promise<void> {
  adoptModels(await host.call('folder.add', { path }));
}

export function removeFolder({ path }: Pick<ModelFolder, 'path'>): Promise<void> {
  return attempt(async () => {
    adoptModels(await host.call('folder.remove', { path }));
    toastUndo(words.forgotten, () => void attempt(() => addFolder(path)));
  });
}

/** Looks in another program's folder, or leaves it out. */
export function useFolder(path: string, used: boolean): Promise<void> {
  return attempt(async () => adoptModels(await host.call('folder.use', { path, used })));
}

export function rescan(): Promise<void> {
  return attempt(async () => {
    adoptModels(await host.call('model.rescan', {}));
    toast(words.rescanned);
  });
}
