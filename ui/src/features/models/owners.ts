// Whose models are: what stands beside them, what of the disk each takes.

import type { FolderOwner, Model } from '../../contract/bindings';
import { words } from './words';

/** Owners as the sums on disk have them: what ships with Inglenook and what it fetched are both its own. */
export type Keeper = 'inglenook' | 'added' | 'hugging_face' | 'ollama' | 'lm_studio';

export const keeperOf = (owner: FolderOwner): Keeper =>
  owner === 'built_in' || owner === 'own' ? 'inglenook' : owner;

/** Whether its folder is another program's. */
export const isForeign = (owner: FolderOwner): boolean => owner in words.inProgram;

/** "in Ollama"; `null` for what is nobody else's. */
export function foreignWords(owner: FolderOwner): string | null {
  return isForeign(owner) ? words.inProgram[owner as keyof typeof words.inProgram] : null;
}

/** Whether its disk is not connected. */
export const isAway = ({ state }: Pick<Model, 'state'>): boolean => state.kind === 'away';

const ORDER: readonly Keeper[] = ['inglenook', 'added', 'hugging_face', 'ollama', 'lm_studio'];

/** Bytes on the disks that are there. */
export function onDisk(models: readonly Model[]): number {
  return models.reduce((sum, model) => sum + (isAway(model) ? 0 : model.size_bytes), 0);
}

/** The same by whose they are, in a fixed order; none where all are one's. */
export function onDiskByKeeper(models: readonly Model[]): { keeper: Keeper; bytes: number }[] {
  const sums = ORDER.map((keeper) => ({
    keeper,
    bytes: onDisk(models.filter(({ owner }) => keeperOf(owner) === keeper)),
  })).filter(({ bytes }) => bytes > 0);
  return sums.length > 1 ? sums : [];
}
