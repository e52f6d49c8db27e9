// Answers in the world in memory: a text that is written word by word, with thinking first.
import type { AnswerEvent, Changed, Message } from '../../contract/bindings';
import { REASONING, STREAMED } from './texts';
import type { KeptChat, World } from './world';

const EVERY_MS = 40;
const THINKS_FOR_MS = 1_200;

interface Running {
  chat: KeptChat;
  timer: ReturnType<typeof setInterval>;
  listeners: Set<(event: AnswerEvent) => void>;
}

export class Answering {
  readonly #world: World;
  readonly #tell: (changes: Changed[]) => void;
  readonly #running = new Map<string, Running>();

  constructor(world: World, tell: (changes: Changed[]) => void) {
    this.#world = world;
    this.#tell = tell;
  }

  busy(chat: KeptChat): boolean {
    return [...this.#running.values()].some((running) => running.chat === chat);
  }

  /** Begins an answer at the end of the path. */
  begin(chat: KeptChat, index = chat.path.length): Message {
    const model = this.#world.models.find(({ id }) => id === chat.model);
    const thinks = (model?.thinks ?? false) && chat.parameters.thinking !== false;
    const message = this.#world.say(chat, 'assistant', '', index);
    this.#world.change(message.id, { status: 'streaming' });
    const words = STREAMED.split(/(?<=\s)/);
    const thoughts = thinks ? REASONING.split(/(?<=\s)/) : [];
    let said = 0;
    const timer = setInterval(() => {
      const thought = thoughts.shift();
      const text = thought === undefined ? words.slice(said, said + 1).join('') : '';
      if (thought === undefined) said += 1;
      const now = this.#world.message(message.id);
      this.#world.change(message.id, {
        text: now.text + text,
        reasoning: now.reasoning + (thought ?? ''),
        reasoning_ms: thinks ? THINKS_FOR_MS : null,
      });
      this.#send(message.id, { kind: 'delta', text, ...(thought !== undefined && { reasoning: thought }) });
      if (said >= words.length) this.end(message.id, this.#world.finished(chat, STREAMED));
    }, EVERY_MS);
    this.#running.set(message.id, { chat, timer, listeners: new Set() });
    chat.summary.answering = true;
    chat.summary.updated_at = Date.now();
    this.#changed(chat);
    return this.#world.message(message.id);
  }

  stop(chat: KeptChat): void {
    for (const [id, running] of this.#running) {
      if (running.chat === chat) this.end(id, { status: 'stopped', finish_reason: 'cancelled' });
    }
  }

  end(id: string, change: Partial<Message>): void {
    const running = this.#running.get(id);
    if (!running) return;
    clearInterval(running.timer);
    const message = this.#world.change(id, change);
    this.#send(id, { kind: 'ended', message });
    this.#running.delete(id);
    running.chat.summary.answering = false;
    this.#changed(running.chat);
    const next = running.chat.queue.shift();
    if (next) {
      this.#world.say(running.chat, 'user', next.text);
      this.begin(running.chat);
    }
  }

  watch(id: string, see: (event: AnswerEvent) => void, ended: () => void): () => void {
    see({ kind: 'snapshot', message: this.#world.message(id) });
    const running = this.#running.get(id);
    if (!running) {
      see({ kind: 'ended', message: this.#world.message(id) });
      ended();
      return () => {};
    }
    const listener = (event: AnswerEvent) => {
      see(event);
      if (event.kind === 'ended') ended();
    };
    running.listeners.add(listener);
    return () => running.listeners.delete(listener);
  }

  #send(id: string, event: AnswerEvent): void {
    for (const listener of this.#running.get(id)?.listeners ?? []) listener(event);
  }

  #changed(chat: KeptChat): void {
    this.#tell([{ tag: 'chat', id: chat.summary.id }, { tag: 'chats' }]);
  }
}
