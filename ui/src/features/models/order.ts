// In which order the picker shows models, and which it finds.

import type { Model } from '../../contract/bindings';
import { isAway } from './owners';

function rank(model: Model): number {
  if (isAway(model)) return 4;
  if (model.unsupported !== null || model.engine === null) return 3;
  if (model.state.kind === 'ready') return 0;
  if (model.state.kind === 'loading') return 1;
  return 2;
}

/** Whether it can be run here and now: an engine takes it, and its disk is connected. */
export function runnable(model: Model): boolean {
  return rank(model) < 3;
}

function searched(model: Model): string {
  return [model.name, model.architecture, model.quantisation ?? '', model.engine ?? '', model.path]
    .join('\n')
    .toLowerCase();
}

/** Whether every word of the search stands somewhere in what describes the model. */
export function matches(model: Model, search: string): boolean {
  const text = searched(model);
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** Ready ones first, then those that load, then the last used; then what cannot run, and last what is away. */
export function pickerOrder(models: readonly Model[], search: string, locale?: string): Model[] {
  const byName = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' });
  return models
    .filter((model) => matches(model, search))
    .sort(
      (a, b) =>
        rank(a) - rank(b) ||
        (b.last_used_at ?? 0) - (a.last_used_at ?? 0) ||
        byName.compare(a.name, b.name) ||
        b.size_bytes - a.size_bytes,
    );
}

/** Headings in the picker. */
export function inMemory(model: Model): boolean {
  return rank(model) < 2;
}
