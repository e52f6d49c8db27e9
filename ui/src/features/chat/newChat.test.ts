// What is written for a chat that does not exist yet is kept by the host, and forgotten when it should be.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { UNSET } from '../../contract/unset';
import { setHost } from '../../host';

let saved: string[];
let kept: string;

/** A window that was just opened, over a host that keeps `draft`. */
async function open(draft: string) {
  vi.resetModules();
  saved = [];
  kept = draft;
  const { setHost: set } = await import('../../host');
  set({
    kind: 'memory',
    call: (name: string, request: unknown) => {
      if (name === 'chat.newDraft') return Promise.resolve({ text: kept });
      if (name !== 'chat.saveNewDraft') throw new Error(`${name} was not expected`);
      kept = (request as { text: string }).text;
      saved.push(kept);
      return Promise.resolve({});
    },
    stream: () => () => {},
  } as never);
  const { newChat } = await import('./newChat.svelte');
  const { flushKept } = await import('./kept');
  return { newChat, flushKept };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  setHost(null);
});

describe('a chat that does not exist yet', () => {
  it('has the words of yesterday, and below them what was written before they came', async () => {
    const yesterday = await open('half a question');
    await yesterday.newChat.read();
    expect(yesterday.newChat.text).toBe('half a question');

    const hasty = await open('half a question');
    const reading = hasty.newChat.read();
    hasty.newChat.write('x');
    await vi.advanceTimersByTimeAsync(1000);
    await reading;
    expect(hasty.newChat.text, 'neither is lost').toBe('half a question\n\nx');
    await hasty.flushKept();
    expect(kept).toBe('half a question\n\nx');
  });

  it('keeps what is written soon after it is written', async () => {
    const { newChat } = await open('');
    newChat.write('a');
    newChat.write('ab');
    await vi.advanceTimersByTimeAsync(1000);
    expect(saved, 'one save for what was typed in one go').toEqual(['ab']);
  });

  it('does not overwrite the words of yesterday before it has them', async () => {
    const { newChat, flushKept } = await open('half a question');
    newChat.write('x');
    const early = flushKept();
    expect(saved).toEqual([]);
    await early;
    await vi.advanceTimersByTimeAsync(1000);
    expect(saved).toEqual(['half a question\n\nx']);
  });

  it('keeps nothing of a temporary chat, not even what was kept before', async () => {
    const { newChat, flushKept } = await open('');
    await newChat.read();
    newChat.write('secret');
    await flushKept();
    newChat.setTemporary(true);
    newChat.write('secret plan');
    await flushKept();
    expect(kept).toBe('');
    newChat.setTemporary(false);
    await flushKept();
    expect(kept, 'it is an ordinary chat again').toBe('secret plan');
  });

  it('is empty once it was begun', async () => {
    const { newChat, flushKept } = await open('');
    await newChat.read();
    newChat.write('hello');
    newChat.model = 'm';
    newChat.parameters = { ...UNSET, temperature: 1 };
    await flushKept();
    newChat.text = '';
    newChat.reset();
    await flushKept();
    expect([newChat.text, newChat.model, newChat.parameters]).toEqual(['', null, UNSET]);
    expect(saved, 'the host forgot the words with the first message').toEqual(['hello']);
  });

  it('takes along what was written while it was begun', async () => {
    const { newChat, flushKept } = await open('');
    await newChat.read();
    newChat.write('hello');
    await flushKept();
    newChat.write('and then');
    await flushKept();
    newChat.reset();
    await flushKept();
    expect(kept, 'the words are the new chat’s now').toBe('');
  });
});
