// What a folder held, after it was added: the first model that can run, and what to say about the others. And what other
// programs have here already.

import type { Model, ModelList } from '../../contract/bindings';
import { liesIn } from '../../data';
import { runnable } from '../models';
import { words } from './words';

export interface Found {
  /** Its path, or whose models they are. */
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

/** The models of other programs that can run; `null` where there are none. */
export function foundElsewhere(list: Pick<ModelList, 'models'>): Found | null {
  const usable = list.models.filter((model) => model.owner in words.programs && runnable(model));
  if (usable.length === 0) return null;
  const programs = Object.entries(words.programs)
    .filter(([owner]) => usable.some((model) => model.owner === owner))
    .map(([, name]) => name);
  return { folder: words.both(programs), usable, unusable: [], rejected: 0 };
}
