import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Message } from '../../contract/bindings';
import { HostError } from '../../host/host';
import { message, messages } from './fixtures';
import { Keeper } from './keeper';
import { ChatSession, type SessionParts } from './session.svelte';
import { Writing } from './writing.svelte';

const FAILED = new HostError({ code: 'store_failed', message: 'It could not be written.', retryable: true });

let path: Message[];
let calls: { name: string; request: Record<string, unknown> }[];
/** What the host does instead of saying yes. */
let answers: Record<string, () => Promise<unknown>>;
let session: ChatSession;
let writing: Writing;
let copies: boolean;
/** The host can read the record. */
let reading: boolean;
let chats = 0;

const adopt = vi.fn();
const doubt = vi.fn();
const tell = vi.fn<(words: string, undo?: () => void) => void>();
const fail = vi.fn();
const confirmRemoval = vi.fn<(count: number, remove: () => void) => void>();

const host = {
  kind: 'memory',
  call: (name: string, request: Record<string, unknown>) => {
    if (name === 'chat.messages') {
      if (!reading) return Promise.reject(FAILED);
      const limit = Number(request['limit']);
      const first = (request['from'] as number | null) ?? Math.max(0, path.length - limit);
      return Promise.resolve({ messages: path.slice(first, first + limit), total: path.length });
    }
    calls.push({ name, request });
    return answers[name]?.() ?? Promise.resolve({});
  },
  stream: () => () => undefined,
} as unknown as SessionParts['host'];

const done = (name: string) => calls.filter((call) => call.name === name);
const settle = () => vi.advanceTimersByTimeAsync(0);

async function open(count: number): Promise<void> {
  path = messages(0, count);
  await session.changed();
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  calls = [];
  answers = {};
  copies = true;
  reading = true;
  const id = `c${++chats}`;
  writing = new Writing(id, new Keeper<string>(() => Promise.resolve()));
  writing.read('');
  session = new ChatSession(id, {
    host,
    chat: () => ({ model: 'old', summary: { answering: false } }) as ReturnType<SessionParts['chat']>,
    adopt,
    doubt,
    writing,
    tell,
    fail,
    copyText: () => Promise.resolve(copies),
    go: () => undefined,
    confirmRemoval,
    mend: () => undefined,
  });
});

afterEach(() => {
  session.close();
  vi.useRealTimers();
});

describe('keys that mean the last message', () => {
  /** Scrolled to the top of a chat that is longer than what stays in memory. */
  async function atTheTop(): Promise<void> {
    await open(200);
    session.thread.look({ first: 0, last: 5 });
    await settle();
    expect(session.thread.slice.messages.at(-1)?.index, 'the end is not in memory').toBeLessThan(199);
  }

  it('act on the last of the chat, not on the last in memory', async () => {
    await atTheTop();
    expect(session.answered).toBe(true);
    await session.regenerateLast();
    expect(done('message.regenerate').map(({ request }) => request['message'])).toEqual(['m199']);
    expect((await session.editLast())?.id).toBe('m198');
    expect([...session.edits.open.keys()]).toEqual(['m198']);
  });

  it('do nothing where the end cannot be read', async () => {
    await atTheTop();
    reading = false;
    await session.regenerateLast();
    expect(done('message.regenerate')).toEqual([]);
    expect(fail).toHaveBeenCalledWith(FAILED.info);
  });
});

describe('a button', () => {
  it('that is pressed twice acts once, until what it did is shown', async () => {
    await open(4);
    const [answer, question] = [message(1), message(2)];
    session.regenerate(answer);
    session.regenerate(answer);
    session.edit(question, 'other words');
    session.edit(question, 'other words');
    await settle();
    expect(done('message.regenerate')).toHaveLength(1);
    expect(done('message.edit')).toHaveLength(1);
    session.regenerate(answer);
    await settle();
    expect(done('message.regenerate'), 'later it is meant').toHaveLength(2);
  });

  it('can be pressed again after it failed', async () => {
    await open(4);
    answers['message.edit'] = () => Promise.reject(FAILED);
    const question = message(2);
    session.startEditing(question);
    session.edit(question, 'other words');
    await settle();
    expect(session.edits.open.has('m2'), 'and the words are still there').toBe(true);
    answers = {};
    session.edit(question, 'other words');
    await settle();
    expect(done('message.edit')).toHaveLength(2);
    expect(session.edits.open.has('m2')).toBe(false);
  });
});

describe('words of a message that is being changed', () => {
  it('are there again when the chat is opened again, until they are given up', async () => {
    await open(4);
    session.startEditing(message(0));
    const edit = session.edits.open.get('m0');
    if (edit) edit.text = 'half a change';
    const again = new ChatSession(session.id, { host } as SessionParts);
    expect(again.edits.open.get('m0')?.text).toBe('half a change');
    expect(again.edits.places, 'its row is to stay in the page').toEqual([0]);
    again.stopEditing(message(0));
    expect(session.edits.open.size).toBe(0);
  });
});

describe('a model that could not be chosen', () => {
  it('is not shown as chosen', async () => {
    answers['chat.chooseModel'] = () => Promise.reject(FAILED);
    session.chooseModel('new');
    expect(adopt).toHaveBeenCalledOnce();
    await settle();
    expect(doubt).toHaveBeenCalledOnce();
    answers = {};
    session.chooseModel('new');
    await settle();
    expect(doubt).toHaveBeenCalledOnce();
  });
});

describe('deleting', () => {
  it('tells how many messages went, and brings them back', async () => {
    await open(12);
    session.remove(message(10));
    await settle();
    expect(confirmRemoval, 'a question and its answer go at once').not.toHaveBeenCalled();
    expect(tell.mock.lastCall?.[0]).toBe('2 messages deleted');
    tell.mock.lastCall?.[1]?.();
    await settle();
    expect(done('message.restore')).toHaveLength(1);
  });

  it('asks before more than two go', async () => {
    await open(12);
    session.remove(message(0));
    await settle();
    expect(done('message.delete')).toEqual([]);
    const [count, remove] = confirmRemoval.mock.lastCall ?? [];
    expect(count).toBe(12);
    remove?.();
    await settle();
    expect(done('message.delete')).toHaveLength(1);
    expect(tell.mock.lastCall?.[0]).toBe('12 messages deleted');
  });
});

describe('a text that is taken out of the queue', () => {
  const queued = { id: 'q', text: 'a long text', held: null };

  it('stands in the composer if nothing else does', async () => {
    session.unqueue(queued);
    await settle();
    expect(writing.text).toBe('a long text');
  });

  it('can be had back where something else stands there', async () => {
    writing.write('another');
    session.unqueue(queued);
    await settle();
    expect(writing.text).toBe('another');
    tell.mock.lastCall?.[1]?.();
    expect(writing.text, 'nothing is waited for: it does not go out by itself').toBe(
      'a long text\n\nanother',
    );
  });

  it('stays there when it could not be taken out', async () => {
    answers['chat.unqueue'] = () => Promise.reject(FAILED);
    session.unqueue(queued);
    await settle();
    expect(writing.text).toBe('');
  });
});

describe('details of a failure', () => {
  it('are copied, or the person is told that they were not', async () => {
    session.mend(message(1), FAILED.info, 'copy_details');
    await settle();
    expect(tell).toHaveBeenLastCalledWith('Copied');
    copies = false;
    session.mend(message(1), FAILED.info, 'copy_details');
    await settle();
    expect(tell.mock.lastCall?.[0]).toMatch(/could not be written/);
  });
});
