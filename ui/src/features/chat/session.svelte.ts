// One open chat: its own data, its messages and all that can be done in it. What fails says so in a toast, and what
// the person wrote is never lost by it.

import type { Chat, ErrorInfo, Message, MessageId, ModelId, QueuedMessage } from '../../contract/bindings';
import { describeError, type MendingAction } from '../../data/errors';
import { counted } from '../../data/format';
import { HostError, type Host } from '../../host/host';
import { type Edits, editsIn } from './edits.svelte';
import { nextFrame } from './liveAnswer.svelte';
import { PAGE, reachesEnd } from './slice';
import { Thread } from './thread.svelte';
import type { Writing } from './writing.svelte';

/** More messages than a question and its answer do not go without asking. */
const FEW = 2;

export interface SessionParts {
  host: Host;
  /** The chat as it is known now. */
  chat: () => Chat | null;
  /** Shows the chat like this until the host says otherwise. */
  adopt: (chat: Chat) => void;
  /** What is shown of the chat may be wrong: the host is asked again. */
  doubt: () => void;
  /** What stands in the composer. */
  writing: Writing;
  /** Tells the person; `undo` offers to take it back. */
  tell: (words: string, undo?: () => void) => void;
  fail: (error: ErrorInfo) => void;
  copyText: (text: string) => Promise<boolean>;
  /** Shows another chat. */
  go: (chat: string) => void;
  /** Asks whether so many messages shall go, and lets them. */
  confirmRemoval: (count: number, remove: () => void) => void;
  /** Does what mends a failure, where that is not done in the chat itself. */
  mend: (action: Exclude<MendingAction, 'retry' | 'copy_details'>) => void;
}

/** What a message's buttons do. */
export interface MessageActions {
  copy(message: Message): void;
  startEditing(message: Message): void;
  stopEditing(message: Message): void;
  edit(message: Message, text: string): void;
  regenerate(message: Message): void;
  continue(message: Message): void;
  branch(message: Message): void;
  remove(message: Message): void;
  show(version: MessageId): void;
  mend(message: Message, error: ErrorInfo, action: MendingAction): void;
}

export class ChatSession implements MessageActions {
  readonly id: string;
  readonly thread: Thread;
  readonly edits: Edits;

  readonly #parts: SessionParts;
  /** What is being done now, by what it is done to. */
  readonly #busy = new Set<string>();
  #closed = false;

  constructor(id: string, parts: SessionParts) {
    this.id = id;
    this.#parts = parts;
    this.edits = editsIn(id);
    const { host } = parts;
    this.thread = new Thread({
      page: (from, limit) => host.call('chat.messages', { chat: id, from, limit }),
      watch: (message, see, ended) =>
        host.stream(
          'message.watch',
          { message },
          { onEvent: see, onEnd: (error) => ended(error?.info ?? null) },
        ),
      schedule: nextFrame,
      now: () => performance.now(),
      explain: (error) => HostError.from(error).info,
    });
  }

  /** An answer is being written or waits. */
  get answering(): boolean {
    return this.thread.live.size > 0 || (this.#parts.chat()?.summary.answering ?? false);
  }

  /** There is a whole answer, in memory or further down. */
  get answered(): boolean {
    const { slice } = this.thread;
    return !reachesEnd(slice) || slice.messages.some((message) => this.#isAnswer(message));
  }

  /** The record changed: what is shown of it is read again. */
  changed(): Promise<void> {
    return this.thread.refresh();
  }

  close(): void {
    this.#closed = true;
    this.thread.close();
  }

  /** Says something; resolves to whether it was taken. */
  send(text: string): Promise<boolean> {
    return this.#do(async () => {
      await this.#parts.host.call('chat.send', { chat: this.id, text });
    });
  }

  stop(): void {
    void this.#do(() => this.#parts.host.call('chat.stop', { chat: this.id }));
  }

  /** Out of the queue, and into the composer if nothing else stands there. */
  unqueue(queued: QueuedMessage): void {
    void this.#once(queued.id, async () => {
      await this.#parts.host.call('chat.unqueue', { chat: this.id, queued: queued.id });
      const { writing } = this.#parts;
      if (writing.text === '') writing.write(queued.text);
      else
        this.#parts.tell('Taken out of the queue', () => {
          // Where nothing is waited for any more, it would go out at once.
          if (this.answering && !this.#closed) void this.#queueAgain(queued.text);
          else writing.putBack(queued.text);
        });
    });
  }

  async #queueAgain(text: string): Promise<void> {
    const { writing } = this.#parts;
    const sent = await writing.send(text, () => this.send(text));
    if (!sent && !writing.text.startsWith(text)) writing.putBack(text);
  }

  sendQueued(queued: QueuedMessage): void {
    void this.#once(queued.id, () =>
      this.#parts.host.call('chat.sendQueued', { chat: this.id, queued: queued.id }),
    );
  }

  chooseModel(model: ModelId): void {
    const chat = this.#parts.chat();
    if (chat) this.#parts.adopt({ ...chat, model });
    void this.#do(() => this.#parts.host.call('chat.chooseModel', { chat: this.id, model })).then(
      (chosen) => {
        if (!chosen) this.#parts.doubt();
      },
    );
  }

  copy(message: Message): void {
    this.#copy(message.text);
  }

  /** Copies the newest whole answer. */
  async copyLast(): Promise<void> {
    const answer = await this.#lastAnswer();
    if (answer) this.copy(answer);
  }

  startEditing(message: Message): void {
    this.edits.begin(message);
  }

  /** Begins to edit what the person said last; resolves to that message, which may be out of sight. */
  async editLast(): Promise<Message | null> {
    const own = await this.#newest(({ role }) => role === 'user');
    if (own) this.edits.begin(own);
    return own;
  }

  stopEditing(message: Message): void {
    this.edits.end(message.id);
  }

  edit(message: Message, text: string): void {
    void this.#once(message.id, async () => {
      if (text !== message.text || message.role === 'user') {
        await this.#parts.host.call('message.edit', { message: message.id, text });
      }
      this.edits.end(message.id);
    });
  }

  regenerate(message: Message): void {
    void this.#once(message.id, () => this.#parts.host.call('message.regenerate', { message: message.id }));
  }

  /** Has the newest whole answer written again. */
  async regenerateLast(): Promise<void> {
    if (this.answering) return;
    const answer = await this.#lastAnswer();
    if (answer && !this.answering) this.regenerate(answer);
  }

  continue(message: Message): void {
    void this.#once(message.id, () => this.#parts.host.call('message.continue', { message: message.id }));
  }

  branch(message: Message): void {
    void this.#once(message.id, async () => {
      const chat = await this.#parts.host.call('chat.branch', { message: message.id });
      this.#parts.go(chat.summary.id);
    });
  }

  /** Deletes a message, and with it all that follows. */
  remove(message: Message): void {
    const count = Math.max(1, this.thread.slice.total - message.index);
    const remove = () =>
      void this.#once(message.id, async () => {
        await this.#parts.host.call('message.delete', { message: message.id });
        this.#parts.tell(count === 1 ? 'Message deleted' : `${counted(count, 'message')} deleted`, () => {
          void this.#do(() => this.#parts.host.call('message.restore', { message: message.id }));
        });
      });
    if (count > FEW) this.#parts.confirmRemoval(count, remove);
    else remove();
  }

  show(version: MessageId): void {
    void this.#once(version, () => this.#parts.host.call('message.show', { message: version }));
  }

  mend(message: Message, error: ErrorInfo, action: MendingAction): void {
    if (action === 'retry') this.regenerate(message);
    else if (action === 'copy_details') this.#copy(describeError(error));
    else this.#parts.mend(action);
  }

  #copy(text: string): void {
    void this.#parts.copyText(text).then((copied) => {
      this.#parts.tell(
        copied ? 'Copied' : 'The clipboard could not be written. Select the text and copy it by hand.',
      );
    });
  }

  #lastAnswer(): Promise<Message | null> {
    return this.#newest((message) => this.#isAnswer(message));
  }

  #isAnswer({ role, id }: Message): boolean {
    return role === 'assistant' && !this.thread.live.has(id);
  }

  /** The last such message of the chat, which need not be the last one in memory. */
  async #newest(wanted: (message: Message) => boolean): Promise<Message | null> {
    const { slice } = this.thread;
    if (reachesEnd(slice)) return slice.messages.findLast(wanted) ?? null;
    try {
      const request = { chat: this.id, from: null, limit: PAGE };
      const { messages } = await this.#parts.host.call('chat.messages', request);
      return messages.findLast(wanted) ?? null;
    } catch (error) {
      this.#parts.fail(HostError.from(error).info);
      return null;
    }
  }

  /** Does it, reads again what it changed, and tells what went wrong. */
  async #do(work: () => Promise<unknown>): Promise<boolean> {
    const done = await this.#try(work);
    if (done) void this.changed();
    return done;
  }

  /** The same for a button: until what it changed is shown, a second press is not meant. */
  async #once(what: string, work: () => Promise<unknown>): Promise<void> {
    if (this.#busy.has(what)) return;
    this.#busy.add(what);
    if (await this.#try(work)) await this.changed();
    this.#busy.delete(what);
  }

  async #try(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.#parts.fail(HostError.from(error).info);
      return false;
    }
  }
}
