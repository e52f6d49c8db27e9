// In which order the table of models stands: the person chooses by its headings.

import type { Model } from '../../contract/bindings';

export type SortColumn = 'name' | 'size' | 'lastUsed';

export interface Sort {
  by: SortColumn;
  descending: boolean;
}

/** How a column begins: names from A, sizes and days with what one looks for first. */
const BEGINS_DESCENDING: Record<SortColumn, boolean> = { name: false, size: true, lastUsed: true };

/** What a press on a heading makes of it: another column, or the same one the other way round. */
export function pressed(sort: Sort, by: SortColumn): Sort {
  return { by, descending: by === sort.by ? !sort.descending : BEGINS_DESCENDING[by] };
}

/** The models in this order; those alike in it by name. */
export function inOrder(models: readonly Model[], { by, descending }: Sort, locale?: string): Model[] {
  const names = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' });
  const byName = (a: Model, b: Model) => names.compare(a.name, b.name) || b.size_bytes - a.size_bytes;
  const way = descending ? -1 : 1;
  const compare: Record<SortColumn, (a: Model, b: Model) => number> = {
    name: byName,
    size: (a, b) => a.size_bytes - b.size_bytes,
    lastUsed: (a, b) => (a.last_used_at ?? 0) - (b.last_used_at ?? 0),
  };
  return models.toSorted((a, b) => way * compare[by](a, b) || byName(a, b));
}
