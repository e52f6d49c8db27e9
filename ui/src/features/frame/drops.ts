// What was dropped on the window: its folders are looked in for models from now on, and the person hears what was found.

import type { ModelFolder } from '../../contract/bindings';
import { toast, toastError, toastUndo } from '../../components/ui';
import { adoptModels, liesIn } from '../../data';
import { host, HostError } from '../../host';
import { t } from '../../words/en';

/** Something that waits for an answer lies over the window: what is dropped then was not meant for what is below. */
export function busyWithDialogue(): boolean {
  return document.querySelector('[role="dialog"], [role="alertdialog"]') !== null;
}

/** The innermost of the folders in which it lies. */
function folderAround(path: string, folders: readonly ModelFolder[]): ModelFolder | undefined {
  return folders
    .filter((folder) => !folder.ignored && liesIn(path, folder.path))
    .toSorted((a, b) => b.path.length - a.path.length)[0];
}

/** Another program's folder is left out again, a person's own comes off the list. */
async function forget({ path, owner }: ModelFolder): Promise<void> {
  try {
    adoptModels(
      owner === 'added'
        ? await host.call('folder.remove', { path })
        : await host.call('folder.use', { path, used: false }),
    );
  } catch (thrown) {
    toastError(HostError.from(thrown).info);
  }
}

function tellKnown(path: string, folder: ModelFolder | undefined): void {
  toast(t.drops.known(folder?.path ?? path), {
    ...(folder && { description: t.drops.holds(folder.models) }),
  });
}

/** Says what is in a folder that has just been added; one that is of no use is not kept. */
async function tellAdded(folder: ModelFolder, others: readonly ModelFolder[]): Promise<void> {
  const { path, models, error } = folder;
  if (models > 0) {
    toastUndo(t.drops.found(models, path), () => void forget(folder));
    return;
  }
  await forget(folder);
  const around = folderAround(path, others);
  const known = others.some((other) => !other.ignored && other.models > 0 && liesIn(other.path, path));
  if (error) toastError(error);
  else if (around) tellKnown(path, around);
  else if (known) toast(t.drops.noOthers(path));
  else toast(t.drops.none(path), { description: t.drops.noneHint });
}

/** Adds the folders that were dropped, and those in which dropped files lie, one after the other. */
export async function addDropped(paths: readonly string[]): Promise<void> {
  const added: string[] = [];
  for (const path of paths) {
    // Several files of one folder are one folder.
    if (added.some((folder) => liesIn(path, folder))) continue;
    try {
      const before = await host.call('model.list', {});
      const list = await host.call('folder.add', { path });
      adoptModels(list);
      const known = new Set(before.folders.filter(({ ignored }) => !ignored).map((folder) => folder.path));
      const fresh = list.folders.find((folder) => !folder.ignored && !known.has(folder.path));
      if (fresh) {
        added.push(fresh.path);
        await tellAdded(
          fresh,
          list.folders.filter((folder) => folder !== fresh),
        );
      } else tellKnown(path, folderAround(path, list.folders));
    } catch (thrown) {
      toastError(HostError.from(thrown).info);
    }
  }
}
