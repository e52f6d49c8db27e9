// Which heading a chat stands under: pinned ones first, then by the calendar day on which something was last said.

import type { ChatSummary } from '../../contract/bindings';
import { format } from '../../data';
import { words } from './words';

export interface ChatGroup {
  /** Stable while the list changes. */
  key: string;
  title: string;
  pinned: boolean;
  chats: ChatSummary[];
}

function monthTitle(time: number, now: number, locale?: string): string {
  const sameYear = new Date(time).getFullYear() === new Date(now).getFullYear();
  return format.date(time, { month: 'long', ...(!sameYear && { year: 'numeric' }) }, locale);
}

function heading(chat: ChatSummary, now: number, locale?: string): { key: string; title: string } {
  if (chat.pinned) return { key: 'pinned', title: words.pinned };
  // A clock that was set back leaves chats in the future: they are today's.
  const days = format.daysAgo(chat.updated_at, now);
  if (days <= 0) return { key: 'today', title: words.today };
  if (days === 1) return { key: 'yesterday', title: words.yesterday };
  if (days <= 7) return { key: 'week', title: words.previousWeek };
  if (days <= 30) return { key: 'month', title: words.previousMonth };
  const date = new Date(chat.updated_at);
  return {
    key: `${date.getFullYear()}-${date.getMonth() + 1}`,
    title: monthTitle(chat.updated_at, now, locale),
  };
}

/** The chats under their headings, newest first in each. Headings without chats are left out. */
export function groupChats(chats: readonly ChatSummary[], now: number, locale?: string): ChatGroup[] {
  const sorted = [...chats].sort(
    (a, b) => Number(b.pinned) - Number(a.pinned) || b.updated_at - a.updated_at || (a.id < b.id ? 1 : -1),
  );
  const groups: ChatGroup[] = [];
  const byKey = new Map<string, ChatGroup>();
  for (const chat of sorted) {
    const { key, title } = heading(chat, now, locale);
    let group = byKey.get(key);
    if (!group) {
      group = { key, title, pinned: chat.pinned, chats: [] };
      byKey.set(key, group);
      groups.push(group);
    }
    group.chats.push(chat);
  }
  return groups;
}

/** Milliseconds until the day changes and every heading with it. */
export function untilMidnight(now: number): number {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime() - now;
}
