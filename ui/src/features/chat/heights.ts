// How high messages are, so that a chat opens where it should and scrolls without jumps: measured once per message
// and width, guessed from the text before that.

import type { Message } from '../../contract/bindings';

const MOST = 20_000;

/** Widths are kept in steps: a scroll bar that comes and goes must not forget everything. */
const STEP = 8;

/** A message that is not in memory: about what one is on average. */
export const UNKNOWN_HEIGHT = 150;

export class Heights {
  readonly #known = new Map<string, number>();

  get(id: string, width: number): number | undefined {
    return this.#known.get(key(id, width));
  }

  set(id: string, width: number, height: number): void {
    const name = key(id, width);
    this.#known.delete(name);
    this.#known.set(name, height);
    if (this.#known.size > MOST) {
      const oldest = this.#known.keys().next();
      if (!oldest.done) this.#known.delete(oldest.value);
    }
  }
}

function key(id: string, width: number): string {
  return `${id}@${Math.round(width / STEP)}`;
}

/** About how high a message will be in a column of this width, pixels. */
export function guessHeight(message: Message, width: number, textSize: number): number {
  const line = textSize * 1.6;
  const own = message.role === 'user';
  const letters = Math.max(20, (own ? width * 0.86 - 32 : width) / (textSize * 0.5));
  let height = own ? 20 + 22 : 36 + 12;
  for (const part of message.text.split('\n')) {
    height += part === '' ? (own ? line : line / 2) : Math.ceil(part.length / letters) * line;
  }
  if (message.reasoning !== '') height += 32;
  return Math.round(height + message.tool_calls.length * 60 + (message.error ? 96 : 0));
}

/** Shared by all chats: going back to one finds it as it was. */
export const heights = new Heights();
