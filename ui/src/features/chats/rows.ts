// The groups of the sidebar as one list of rows with known heights, so that only those in sight need to exist.

import type { ChatSummary } from '../../contract/bindings';
import type { ChatGroup } from './groups';

export type Row =
  | { kind: 'heading'; key: string; title: string; pinned: boolean }
  | { kind: 'chat'; key: string; chat: ChatSummary };

const HEADING_HEIGHT = 34;
const CHAT_HEIGHT = 33;

export function rowsOf(groups: readonly ChatGroup[]): Row[] {
  return groups.flatMap(({ key, title, pinned, chats }): Row[] => [
    { kind: 'heading', key: `heading ${key}`, title, pinned },
    ...chats.map((chat): Row => ({ kind: 'chat', key: chat.id, chat })),
  ]);
}

export function heightOf(row: Row): number {
  return row.kind === 'heading' ? HEADING_HEIGHT : CHAT_HEIGHT;
}

export function keyOf(row: Row): string {
  return row.key;
}

/** The row that an arrow key leads to from `index`; -1 if there is none. */
export function nextChatRow(rows: readonly Row[], index: number, step: 1 | -1): number {
  for (let at = index + step; at >= 0 && at < rows.length; at += step) {
    if (rows[at]?.kind === 'chat') return at;
  }
  return -1;
}
