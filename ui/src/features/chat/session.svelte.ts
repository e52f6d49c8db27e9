// One open chat: its own data, its messages and all that can be done in it. What fails says so in a toast, and what
// the person wrote is never lost by it.

import type { Chat, ErrorInfo, Message, MessageId, ModelId, QueuedMessage } from '../../contract/bindings';
import type { MendingAction } from '../../data/errors';
import { HostError, type Host } from '../../host/host';
import { nextFrame } from './liveAnswer.svelte';
import { Thread } from './thread.svelte';

export interface SessionParts {
  host: Host;
  /** The chat as it is known now. */
  chat: () => Chat | null;
  /** Shows the chat like this until the host says otherwise. */
  adopt: (chat: Chat) => void;
  /** Tells the person; `undo` offers to take it back. */
  tell: (words: string, undo?: () => void) => void;
  fail: (error: ErrorInfo) => void;
  copyText: (text: string) => Promise<boolean>;
  /** Shows another chat. */
  go: (chat: string) => void;
  /** Does what mends a failure, unless that is asking again. */
  mend: (action: Exclude<MendingAction, 'retry'>, error: ErrorInfo) => void;
}

/** What a message's buttons do. */
export interface MessageActions {
  copy(message: Message): void;
  startEditing(message: Message): void;
  stopEditing(): void;
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
  /** The message that is being edited. */
  editing = $state.raw<MessageId | null>(null);

  readonly #parts: SessionParts;

  constructor(id: string, parts: SessionParts) {
    this.id = id;
    this.#parts = parts;
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

  /** The record changed: what is shown of it is read again. */
  changed(): Promise<void> {
    return this.thread.refresh();
  }

  close(): void {
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

  unqueue(queued: QueuedMessage): void {
    void this.#do(() => this.#parts.host.call('chat.unqueue', { chat: this.id, queued: queued.id }));
  }

  sendQueued(queued: QueuedMessage): void {
    void this.#do(() => this.#parts.host.call('chat.sendQueued', { chat: this.id, queued: queued.id }));
  }

  chooseModel(model: ModelId): void {
    const chat = this.#parts.chat();
    if (chat) this.#parts.adopt({ ...chat, model });
    void this.#do(() => this.#parts.host.call('chat.chooseModel', { chat: this.id, model }));
  }

  copy(message: Message): void {
    void this.#parts.copyText(message.text).then((copied) => {
      this.#parts.tell(
        copied ? 'Copied' : 'The clipboard could not be written. Select the text and copy it by hand.',
      );
    });
  }

  startEditing(message: Message): void {
    this.editing = message.id;
  }

  stopEditing(): void {
    this.editing = null;
  }

  edit(message: Message, text: string): void {
    void this.#do(async () => {
      if (text !== message.text || message.role === 'user') {
        await this.#parts.host.call('message.edit', { message: message.id, text });
      }
      if (this.editing === message.id) this.editing = null;
    });
  }

  regenerate(message: Message): void {
    void this.#do(() => this.#parts.host.call('message.regenerate', { message: message.id }));
  }

  continue(message: Message): void {
    void this.#do(() => this.#parts.host.call('message.continue', { message: message.id }));
  }

  branch(message: Message): void {
    void this.#do(async () => {
      const chat = await this.#parts.host.call('chat.branch', { message: message.id });
      this.#parts.go(chat.summary.id);
    });
  }

  remove(message: Message): void {
    void this.#do(async () => {
      await this.#parts.host.call('message.delete', { message: message.id });
      this.#parts.tell('Message deleted', () => {
        void this.#do(() => this.#parts.host.call('message.restore', { message: message.id }));
      });
    });
  }

  show(version: MessageId): void {
    void this.#do(() => this.#parts.host.call('message.show', { message: version }));
  }

  mend(message: Message, error: ErrorInfo, action: MendingAction): void {
    if (action === 'retry') this.regenerate(message);
    else this.#parts.mend(action, error);
  }

  /** The person's newest message, to be edited again. */
  get lastOwn(): Message | null {
    return this.thread.slice.messages.findLast(({ role }) => role === 'user') ?? null;
  }

  /** The newest whole answer. */
  get lastAnswer(): Message | null {
    return (
      this.thread.slice.messages.findLast(
        ({ role, id }) => role === 'assistant' && !this.thread.live.has(id),
      ) ?? null
    );
  }

  /** Does it, reads again what it changed, and tells what went wrong. */
  async #do(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      void this.changed();
      return true;
    } catch (error) {
      this.#parts.fail(HostError.from(error).info);
      return false;
    }
  }
}
