import { beforeEach, describe, expect, it } from 'vitest';

import { Stick } from './stick';

let stick: Stick;
let top: number;
let max: number;

beforeEach(() => {
  stick = new Stick();
  top = 0;
  max = 1_000;
  ours(1_000);
});

/** The page moves us to `to`, and the event for it comes. */
function ours(to: number): void {
  stick.wrote(to);
  top = Math.min(to, max);
  stick.scrolled(top, max);
}

function person(to: number): boolean {
  top = to;
  return stick.scrolled(top, max);
}

describe('sticking to the newest words', () => {
  it('follows from the start and through our own moves', () => {
    for (let step = 0; step < 50; step += 1) {
      max += 24;
      ours(max);
    }
    expect(stick.following).toBe(true);
  });

  it('lets go at the smallest step up, near the end as well', () => {
    expect(person(997), 'it changed').toBe(true);
    expect(stick.following).toBe(false);
  });

  it('does not take a rounded read-back for a person', () => {
    stick.wrote(1_000.4);
    stick.scrolled(1_000, max);
    stick.wrote(999);
    stick.scrolled(1_000, max);
    expect(stick.following).toBe(true);
  });

  it('lets go when a person scrolls between our write and its event', () => {
    max = 1_048;
    stick.wrote(1_048);
    person(990);
    expect(stick.following).toBe(false);
  });

  it('stays where the person is while the answer grows', () => {
    person(500);
    for (let step = 0; step < 10; step += 1) {
      max += 24;
      person(500);
    }
    expect(stick.following).toBe(false);
  });

  it('takes hold again when the person comes back to the end, and not before', () => {
    person(500);
    person(800);
    expect(stick.following, 'down, but not at the end').toBe(false);
    person(970);
    expect(stick.following, 'near enough').toBe(true);
  });

  it('is not let go by a page that gets shorter', () => {
    max = 900;
    stick.scrolled(900, max);
    expect(stick.following).toBe(true);
  });

  it('follows again when it is told to', () => {
    person(100);
    stick.follow();
    expect(stick.following).toBe(true);
  });

  it('lets go when something above is to be shown, and our move there is not taken for the end', () => {
    stick.release();
    ours(200);
    expect(stick.following).toBe(false);
    max += 24;
    person(200);
    expect(stick.following).toBe(false);
  });

  it('keeps following in a page that does not scroll', () => {
    max = 0;
    person(0);
    expect(stick.following).toBe(true);
  });
});
