// What a folder held, after it was added: the first model that can run, and what to say about the others.

import type { Model, ModelList } from '../../contract/bindings';
import { liesIn } from '../../data';
import { runnable } from '../models';

export interface Found {
  folder: string;
  /** Those that can run, in the order of the list. */
  usable: Model[];
  /** Those that no engine here takes. */
  unusable: Model[];
  /** Files that only look like models. */
  rejected: number;
}

export function foundIn(list: ModelList, folder: string): Found {
  const inside = list.models.filter(({ path, owner }) => owner !== 'built_in' && liesIn(path, folder));
  return {
    folder,
    usable: inside.filter(runnable),
    unusable: inside.filter((model) => !runnable(model)),
    rejected: list.rejected.filter(({ path }) => liesIn(path, folder)).length,
  };
}
