import { describe, expect, it } from 'vitest';

import { message, messages } from './fixtures';
import { EMPTY, MOST_ROWS, PAGE, again, join, messageAt, missing, replace, type Slice } from './slice';

const slice = (from: number, count: number, total: number): Slice => ({
  from,
  messages: messages(from, count),
  total,
});
const at = (first: number, last: number): { first: number; last: number } => ({ first, last });

describe('the part of a chat in memory', () => {
  it('begins with the newest page', () => {
    expect(again(EMPTY)).toEqual({ from: null, limit: PAGE });
    const opened = join(EMPTY, { messages: messages(9_940, 60), total: 10_000 }, at(0, 0));
    expect([opened.from, opened.messages.length, opened.total]).toEqual([9_940, 60, 10_000]);
    expect(messageAt(opened, 9_999)?.id).toBe('m9999');
    expect(messageAt(opened, 9_939), 'not here').toBeUndefined();
  });

  it('asks for nothing while the sight and what surrounds it are there', () => {
    expect(missing(slice(0, 10, 10), at(0, 9))).toBeNull();
    expect(missing(slice(100, 200, 1_000), at(150, 170))).toBeNull();
    expect(missing(EMPTY, at(0, 0)), 'an empty chat has no pages').toBeNull();
  });

  it('asks for the page above before the reader gets there', () => {
    expect(missing(slice(9_940, 60, 10_000), at(9_950, 9_960))).toEqual({ from: 9_880, limit: 60 });
    expect(missing(slice(30, 60, 1_000), at(35, 45)), 'never below the first').toEqual({
      from: 0,
      limit: 30,
    });
  });

  it('asks for the page below', () => {
    expect(missing(slice(0, 60, 1_000), at(40, 55))).toEqual({ from: 60, limit: 60 });
  });

  it('begins anew after a jump', () => {
    expect(missing(slice(9_940, 60, 10_000), at(500, 510))).toEqual({ from: 480, limit: 60 });
    expect(missing(slice(0, 60, 10_000), at(9_990, 9_999)), 'a whole page even at the end').toEqual({
      from: 9_940,
      limit: 60,
    });
  });

  it('joins pages above and below, in order and without gaps', () => {
    let here = slice(100, 60, 1_000);
    here = join(here, { messages: messages(40, 60), total: 1_000 }, at(100, 110));
    here = join(here, { messages: messages(160, 60), total: 1_000 }, at(100, 110));
    expect(here.messages.map(({ index }) => index)).toEqual(
      Array.from({ length: 180 }, (_, index) => 40 + index),
    );
  });

  it('drops what a page does not touch', () => {
    const jumped = join(slice(0, 60, 1_000), { messages: messages(500, 60), total: 1_000 }, at(500, 510));
    expect([jumped.from, jumped.messages.length]).toEqual([500, 60]);
  });

  it('holds no more than 400 rows, and keeps those in sight', () => {
    let here = slice(600, 60, 1_000);
    for (let from = 540; from >= 0; from -= 60)
      here = join(here, { messages: messages(from, 60), total: 1_000 }, at(from, from + 10));
    expect(here.messages.length).toBe(MOST_ROWS);
    expect(messageAt(here, 5)?.id).toBe('m5');
    expect(
      here.messages.map(({ index }) => index - here.from),
      'without gaps',
    ).toEqual([...Array(MOST_ROWS).keys()]);
  });

  it('believes the page when another version is shown now', () => {
    const other = [
      message(59),
      message(60, { id: 'other60' }),
      message(61, { id: 'other61', parent: 'other60' }),
    ];
    const shown = join(slice(0, 100, 100), { messages: other, total: 62 }, at(50, 60));
    expect(shown.total).toBe(62);
    expect(shown.messages.length, 'what followed the old version is gone').toBe(62);
    expect(messageAt(shown, 61)?.id).toBe('other61');
  });

  it('drops the beginning when it belongs to another path', () => {
    const page = [message(60, { parent: 'elsewhere' }), message(61)];
    expect(join(slice(0, 60, 62), { messages: page, total: 62 }, at(60, 61)).from).toBe(60);
  });

  it('keeps a message that did not change as the very same object', () => {
    const before = slice(0, 3, 3);
    const now = join(
      before,
      { messages: [message(0), message(1, { text: 'new' }), message(2)], total: 3 },
      at(0, 2),
    );
    expect(now.messages[0]).toBe(before.messages[0]);
    expect(now.messages[1]).not.toBe(before.messages[1]);
  });

  it('forgets what a shorter path no longer has', () => {
    const emptied = join(slice(0, 5, 5), { messages: [], total: 0 }, at(0, 4));
    expect(emptied.messages).toEqual([]);
  });

  it('reads itself again with room for what is new at the end', () => {
    expect(again(slice(940, 60, 1_000))).toEqual({ from: 940, limit: 80 });
    expect(again(slice(100, 60, 1_000))).toEqual({ from: 100, limit: 60 });
    const full = again(slice(600, 400, 1_000));
    expect(full.limit, 'never more than the host gives').toBe(400);
    expect((full.from ?? 0) + full.limit, 'the end is in it').toBe(1_020);
  });

  it('replaces one message and leaves the others as they are', () => {
    const before = slice(0, 3, 3);
    const now = replace(before, message(1, { text: 'new' }));
    expect(now.messages[1]?.text).toBe('new');
    expect(now.messages[0]).toBe(before.messages[0]);
    expect(replace(before, message(7))).toBe(before);
  });
});
