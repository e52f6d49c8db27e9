import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Inspector, inspector as shared } from './inspector.svelte';
import type { ChatSession } from './session.svelte';
import { chatKeys } from './shortcuts';

/** A window whose width can change. */
function room(narrow: boolean): (narrow: boolean) => void {
  const listeners = new Set<() => void>();
  const query = {
    matches: narrow,
    addEventListener: (_name: string, listener: () => void) => listeners.add(listener),
  };
  vi.stubGlobal('matchMedia', () => query);
  return (now) => {
    query.matches = now;
    for (const listener of listeners) listener();
  };
}

beforeEach(() => localStorage.clear());
afterEach(() => vi.unstubAllGlobals());

describe('the settings of a chat', () => {
  it('are open again at the next start where they stood beside the chat', () => {
    room(false);
    new Inspector().toggle();
    expect(new Inspector().open).toBe(true);
  });

  it('never cover the chat at the start, nor when the window becomes narrow', () => {
    const resize = room(false);
    const wide = new Inspector();
    wide.toggle();
    resize(true);
    expect(wide.open).toBe(false);
    wide.toggle();
    expect(wide.covers).toBe(true);
    const narrow = new Inspector();
    expect(narrow.open, 'opened once is not opened for ever').toBe(false);
    resize(false);
    expect(wide.open, 'beside the chat they are as they were').toBe(true);
  });

  it('open where a setting is wanted, and stay open where they are', () => {
    room(false);
    const inspector = new Inspector();
    inspector.showField('context_length');
    expect([inspector.open, inspector.wanted]).toEqual([true, 'context_length']);
    inspector.wanted = null;
    inspector.showField('context_length');
    expect([inspector.open, inspector.wanted]).toEqual([true, 'context_length']);
  });

  it('are closed by Escape where they cover the chat, and the answer goes on', () => {
    const stop = vi.fn();
    const key = chatKeys({ answering: true, stop } as unknown as ChatSession, () => undefined);
    const escape = () => new KeyboardEvent('keydown', { key: 'Escape', cancelable: true });
    shared.narrow = true;
    shared.toggle();
    key(escape());
    expect([shared.open, stop.mock.calls.length]).toEqual([false, 0]);
    key(escape());
    expect(stop).toHaveBeenCalledOnce();
    shared.narrow = false;
  });
});
