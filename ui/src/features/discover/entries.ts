// What stands in the list: headings, the recommended models, the rows of the hub; and how one moves in it.
import type { HubPage, HubRow, Recommendation } from '../../contract/bindings';
import type { SearchedFor } from '../../data';
import { words } from './words';

export type Entry =
  | { kind: 'heading'; key: string; title: string }
  | { kind: 'pick'; key: string; pick: Recommendation }
  | { kind: 'row'; key: string; row: HubRow };

const HEADING_PX = 34;
const ROW_PX = 82;
const LINE_PX = 18;

/** More letters than this may need a second line where the list is narrow. */
const ONE_LINE = 40;

/** Pixels, known before it is drawn, so that nothing moves when it comes into sight. */
export function heightOf(entry: Entry): number {
  if (entry.kind === 'heading') return HEADING_PX;
  return entry.kind === 'pick' && entry.pick.reason.length > ONE_LINE ? ROW_PX + LINE_PX : ROW_PX;
}

export const repoOf = (entry: Entry): string | null =>
  entry.kind === 'row' ? entry.row.repo : entry.kind === 'pick' ? entry.pick.repo : null;

const SIZES = { small: [0, 3e9], medium: [3e9, 9e9], large: [9e9, 35e9], huge: [35e9, Infinity] } as const;

/** Those of the catalogue that the filters let through; none where they ask what the catalogue does not say. */
export function picksFor(picks: readonly Recommendation[], search: SearchedFor): Recommendation[] {
  if (search.words !== '' || search.vision || search.tools) return [];
  if (search.format !== null && search.format !== 'gguf') return [];
  const [over, upTo] = search.size === null ? [0, Infinity] : SIZES[search.size];
  return picks.filter(
    ({ fits, free_licence, parameters }) =>
      (!search.fits || fits) &&
      (!search.free_licence || free_licence) &&
      parameters > over &&
      parameters <= upTo,
  );
}

/** The whole list. A repository stands in it once, even if the hub's pages overlap. */
export function entriesOf(pages: readonly HubPage[], picks: readonly Recommendation[]): Entry[] {
  const seen = new Set(picks.map(({ repo }) => repo));
  const rows: Entry[] = [];
  for (const { rows: found } of pages) {
    for (const row of found) {
      if (seen.has(row.repo)) continue;
      seen.add(row.repo);
      rows.push({ kind: 'row', key: row.repo, row });
    }
  }
  if (picks.length === 0) return rows;
  return [
    { kind: 'heading', key: ' recommended', title: words.recommended },
    ...picks.map((pick): Entry => ({ kind: 'pick', key: pick.repo, pick })),
    ...(rows.length > 0 ? [{ kind: 'heading', key: ' popular', title: words.popular } as const] : []),
    ...rows,
  ];
}

/** The next that can be chosen from a place on, in a direction; the place itself where there is none. */
export function step(entries: readonly Entry[], from: number, by: number): number {
  const way = Math.sign(by);
  let at = from;
  let left = Math.abs(by);
  for (let next = from + way; next >= 0 && next < entries.length && left > 0; next += way) {
    if (entries[next]?.kind === 'heading') continue;
    at = next;
    left -= 1;
  }
  return at;
}

/** Pages that brought nothing mean that the filters let little through: the person says whether to look further. */
export function barren(pages: readonly HubPage[], empty = 3): boolean {
  return pages.length >= empty && pages.slice(-empty).every(({ rows }) => rows.length === 0);
}
