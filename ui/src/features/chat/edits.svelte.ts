// The messages of a chat that are being changed, and how far. They outlive the rows that show them: a row goes when it
// is scrolled far away or another chat is opened, what was typed into it only when it is saved or given up.

import type { Message, MessageId } from '../../contract/bindings';

export class Edit {
  /** As it stands in the field. */
  text = $state('');
  /** The person asked for it just now, so the field takes the focus; one that only comes into sight again does not. */
  asked = $state(true);
  /** Its place on the path. */
  readonly index: number;

  constructor(message: Message) {
    this.text = message.text;
    this.index = message.index;
  }
}

export class Edits {
  open = $state.raw<ReadonlyMap<MessageId, Edit>>(new Map());

  /** Their places on the path. */
  get places(): number[] {
    return [...this.open.values()].map(({ index }) => index);
  }

  begin(message: Message): void {
    const edit = this.open.get(message.id);
    if (edit) edit.asked = true;
    else this.open = new Map([...this.open, [message.id, new Edit(message)]]);
  }

  end(message: MessageId): void {
    if (!this.open.has(message)) return;
    this.open = new Map([...this.open].filter(([id]) => id !== message));
  }
}

const all = new Map<string, Edits>();

/** What is being changed in this chat. */
export function editsIn(chat: string): Edits {
  const known = all.get(chat);
  if (known) return known;
  const fresh = new Edits();
  all.set(chat, fresh);
  return fresh;
}
