import { describe, expect, it } from 'vitest';

import type { ChatSummary } from '../../contract/bindings';
import { groupChats, untilMidnight } from './groups';

const NOW = new Date(2026, 6, 15, 9, 30).getTime();

function chat(id: string, updated: Date | number, more: Partial<ChatSummary> = {}): ChatSummary {
  const updated_at = typeof updated === 'number' ? updated : updated.getTime();
  return {
    id,
    title: id,
    pinned: false,
    temporary: false,
    created_at: updated_at,
    updated_at,
    deleted_at: null,
    answering: false,
    ...more,
  };
}

function titles(chats: ChatSummary[]): [string, string[]][] {
  return groupChats(chats, NOW, 'en').map((group) => [group.title, group.chats.map(({ id }) => id)]);
}

describe('groupChats', () => {
  it('puts chats under the day, the week, the month and then the name of the month', () => {
    expect(
      titles([
        chat('last year', new Date(2025, 10, 2)),
        chat('spring', new Date(2026, 3, 9)),
        chat('thirty', new Date(2026, 5, 15, 0, 1)),
        chat('eight', new Date(2026, 6, 7, 23, 59)),
        chat('seven', new Date(2026, 6, 8, 0, 1)),
        chat('yesterday', new Date(2026, 6, 14, 23, 59)),
        chat('today', new Date(2026, 6, 15, 0, 0)),
      ]),
    ).toEqual([
      ['Today', ['today']],
      ['Yesterday', ['yesterday']],
      ['Previous 7 days', ['seven']],
      ['Previous 30 days', ['eight', 'thirty']],
      ['April', ['spring']],
      ['November 2025', ['last year']],
    ]);
  });

  it('keeps pinned chats first, however old they are', () => {
    expect(titles([chat('new', NOW), chat('old', new Date(2024, 0, 1), { pinned: true })])).toEqual([
      ['Pinned', ['old']],
      ['Today', ['new']],
    ]);
  });

  it('sorts by what was said last, whatever order the host gave', () => {
    expect(titles([chat('a', NOW - 3000), chat('c', NOW - 1000), chat('b', NOW - 2000)])).toEqual([
      ['Today', ['c', 'b', 'a']],
    ]);
  });

  it('counts a chat from the future as one of today, since only a clock set back makes one', () => {
    expect(titles([chat('ahead', NOW + 40 * 86_400_000)])).toEqual([['Today', ['ahead']]]);
  });

  it('does not mix the same month of two years', () => {
    expect(
      titles([chat('a', new Date(2025, 3, 1)), chat('b', new Date(2026, 3, 1))]).map(([title]) => title),
    ).toEqual(['April', 'April 2025']);
  });
});

describe('the calendar', () => {
  it('knows when the headings change', () => {
    expect(untilMidnight(new Date(2026, 6, 15, 23, 59, 59).getTime())).toBe(1000);
  });
});
