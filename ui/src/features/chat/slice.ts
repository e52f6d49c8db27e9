// The part of a chat that is in memory: a run of at most 400 messages of the path, in order and without gaps. Pages
// join it; what is far from the reader's eyes leaves it.

import type { Message, MessagePage } from '../../contract/bindings';

export interface Slice {
  /** Index on the path of the first message here. */
  from: number;
  messages: readonly Message[];
  /** Messages on the whole path. */
  total: number;
}

/** Rows a reader may see, both ends included. */
export interface Sight {
  first: number;
  last: number;
}

export const EMPTY: Slice = { from: 0, messages: [], total: 0 };

/** More rows in memory make every change dearer and show nothing more. */
export const MOST_ROWS = 400;

/** What one page brings. */
export const PAGE = 60;

/** Rows beyond the sight that should be there before they are reached. */
const AHEAD = 20;

export function messageAt(slice: Slice, index: number): Message | undefined {
  return slice.messages[index - slice.from];
}

function end(slice: Slice): number {
  return slice.from + slice.messages.length;
}

/** The newest message is here. */
export function reachesEnd(slice: Slice): boolean {
  return end(slice) >= slice.total;
}

/** The page to ask for so that what is in sight is there, or `null` if it is. */
export function missing(slice: Slice, sight: Sight): { from: number; limit: number } | null {
  const first = Math.max(0, sight.first - AHEAD);
  const last = Math.min(slice.total - 1, sight.last + AHEAD);
  if (last < first) return null;
  if (first >= slice.from && last < end(slice)) return null;
  // Far from what is here, as after a jump of the scroll bar: begin anew around the sight.
  if (last < slice.from || first >= end(slice)) {
    const limit = Math.max(PAGE, last - first + 1);
    return { from: Math.max(0, Math.min(first, slice.total - limit)), limit };
  }
  if (first < slice.from) {
    const from = Math.max(0, slice.from - PAGE);
    return { from, limit: slice.from - from };
  }
  return { from: end(slice), limit: PAGE };
}

/** What to ask for to see again all that is here, with room for what came after it. */
export function again(slice: Slice): { from: number | null; limit: number } {
  if (slice.messages.length === 0) return { from: null, limit: PAGE };
  const atEnd = reachesEnd(slice);
  const limit = Math.min(MOST_ROWS, Math.max(PAGE, slice.messages.length + (atEnd ? AHEAD : 0)));
  const from = atEnd ? Math.max(slice.from, slice.total + AHEAD - limit) : slice.from;
  return { from: Math.max(0, from), limit };
}

/**
 * Joins a page with what is here. Where they touch they must fit (each message names the one before it); where they
 * do not, because another version is shown now, the page is right and the rest goes.
 */
export function join(slice: Slice, page: MessagePage, sight: Sight): Slice {
  const [head] = page.messages;
  const tail = page.messages.at(-1);
  if (!head || !tail) {
    const left = slice.messages.filter((message) => message.index < page.total);
    return { from: left[0]?.index ?? 0, messages: left, total: page.total };
  }
  const known = new Map(slice.messages.map((message) => [message.id, message]));
  const middle = page.messages.map((message) => keep(known.get(message.id), message));
  const above = slice.messages.filter((message) => message.index < head.index);
  const below = slice.messages.filter((message) => message.index > tail.index && message.index < page.total);
  const fitsAbove = above.at(-1)?.index === head.index - 1 && above.at(-1)?.id === head.parent;
  const fitsBelow = below[0]?.index === tail.index + 1 && below[0].parent === tail.id;
  const messages = [...(fitsAbove ? above : []), ...middle, ...(fitsBelow ? below : [])];
  return prune({ from: messages[0]?.index ?? 0, messages, total: page.total }, sight);
}

/** The message as it was before, if nothing about it changed: rows that show it need not look again. */
function keep(before: Message | undefined, now: Message): Message {
  return before && JSON.stringify(before) === JSON.stringify(now) ? before : now;
}

function prune(slice: Slice, sight: Sight): Slice {
  const over = slice.messages.length - MOST_ROWS;
  if (over <= 0) return slice;
  const centre = (sight.first + sight.last) / 2;
  const wanted = Math.round(centre - MOST_ROWS / 2) - slice.from;
  const cut = Math.max(0, Math.min(over, wanted));
  return { from: slice.from + cut, messages: slice.messages.slice(cut, cut + MOST_ROWS), total: slice.total };
}

/** The slice with one message in a newer state; unchanged if it is not here. */
export function replace(slice: Slice, message: Message): Slice {
  const at = slice.messages.findIndex(({ id }) => id === message.id);
  if (at < 0) return slice;
  return { ...slice, messages: slice.messages.with(at, message) };
}
