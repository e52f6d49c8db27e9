// What can be done with a model, as the menu of its row offers it.

import Copy from '@lucide/svelte/icons/copy';
import Cpu from '@lucide/svelte/icons/cpu';
import ArrowUpToLine from '@lucide/svelte/icons/arrow-up-to-line';
import FileCheck from '@lucide/svelte/icons/file-check';
import FolderOpen from '@lucide/svelte/icons/folder-open';
import Globe from '@lucide/svelte/icons/globe';
import MessageCircle from '@lucide/svelte/icons/message-circle';
import Play from '@lucide/svelte/icons/play';
import Power from '@lucide/svelte/icons/power';
import Trash2 from '@lucide/svelte/icons/trash-2';

import type { Model } from '../../contract/bindings';
import type { MenuEntry } from '../../components/ui';
import { chatWith, copyPath, load, reveal, unload } from './actions';
import { checks } from './checks.svelte';
import { runnable } from './order';
import { showOnHub, update } from './origin';
import { isAway } from './owners';
import { words } from './words';

export interface RowMenuParts {
  model: Model;
  /** The host can show files in the file manager. */
  canReveal: boolean;
  /** Its files are being checked, or will be. */
  checking: boolean;
  /** Its files are on their way. */
  coming: boolean;
  onengine: () => void;
  onremove: () => void;
}

/** Groups with a line between those that have something in them. */
function grouped(groups: (MenuEntry | false)[][]): MenuEntry[] {
  const filled = groups
    .map((group) => group.filter((entry): entry is MenuEntry => entry !== false))
    .filter(({ length }) => length > 0);
  return filled.flatMap((group, index): MenuEntry[] => (index === 0 ? group : ['separator', ...group]));
}

export function rowMenu({
  model,
  canReveal,
  checking,
  coming,
  onengine,
  onremove,
}: RowMenuParts): MenuEntry[] {
  const { origin, state } = model;
  const here = !isAway(model);
  const can = runnable(model);
  const unloadLabel = state.kind === 'loading' ? words.stopLoading : words.unload;
  const loaded = state.kind === 'ready' || state.kind === 'loading';
  return grouped([
    [
      can && { label: words.chat, icon: MessageCircle, onSelect: () => void chatWith(model) },
      can && loaded && { label: unloadLabel, icon: Power, onSelect: () => void unload(model) },
      can && !loaded && { label: words.load, icon: Play, onSelect: () => void load(model) },
    ],
    [
      here && model.engines.length > 0 && { label: words.engineAction, icon: Cpu, onSelect: onengine },
      here &&
        model.verifiable &&
        !checking && { label: words.check, icon: FileCheck, onSelect: () => checks.begin(model) },
      model.update !== null &&
        !coming && { label: words.update, icon: ArrowUpToLine, onSelect: () => void update(model) },
      origin !== null && { label: words.showOnHub, icon: Globe, onSelect: () => showOnHub(origin) },
    ],
    [
      here && canReveal && { label: words.reveal, icon: FolderOpen, onSelect: () => void reveal(model) },
      { label: words.copyPath, icon: Copy, onSelect: () => void copyPath(model) },
    ],
    [{ label: words.remove, icon: Trash2, danger: true, why: model.undeletable, onSelect: onremove }],
  ]);
}
