import { describe, expect, it } from 'vitest';

import { groupChats } from './groups';
import { nextChatRow, rowsOf } from './rows';

const NOW = new Date(2026, 6, 15, 9).getTime();

const chats = [NOW, NOW - 1000, NOW - 86_400_000].map((updated_at, index) => ({
  id: `c${index}`,
  title: '',
  pinned: false,
  temporary: false,
  created_at: updated_at,
  updated_at,
  deleted_at: null,
  answering: false,
}));

describe('the rows of the sidebar', () => {
  const rows = rowsOf(groupChats(chats, NOW, 'en'));

  it('have a heading before each group', () => {
    expect(rows.map(({ key }) => key)).toEqual(['heading today', 'c0', 'c1', 'heading yesterday', 'c2']);
  });

  it('are walked with the arrow keys from chat to chat, over headings', () => {
    expect(nextChatRow(rows, 2, 1)).toBe(4);
    expect(nextChatRow(rows, 4, -1)).toBe(2);
  });

  it('end at both ends', () => {
    expect(nextChatRow(rows, 1, -1)).toBe(-1);
    expect(nextChatRow(rows, 4, 1)).toBe(-1);
    expect(nextChatRow([], -1, 1)).toBe(-1);
  });

  it('have different keys for a chat and a heading of the same name', () => {
    const named = chats.slice(0, 1).map((chat) => ({ ...chat, id: 'x' }));
    const odd = rowsOf([{ key: 'x', title: 'x', pinned: false, chats: named }]);
    expect(odd).toHaveLength(2);
    expect(new Set(odd.map(({ key }) => key)).size).toBe(2);
  });
});
