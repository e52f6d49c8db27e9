// What stands in a chat's composer. It outlives what shows it, so that words which could not be sent come back even if
// another chat was opened meanwhile.

import type { Keeper } from './keeper';
import { drafts } from './kept';

/** Two texts in one field, neither of them lost. */
export function joined(first: string, second: string): string {
  return [first, second].filter((text) => text !== '').join('\n\n');
}

export class Writing {
  text = $state('');
  readonly #chat: string;
  readonly #drafts: Keeper<string>;
  /** What the host keeps is in the text; before that, saving would overwrite it. */
  #read: boolean;

  constructor(chat: string, keeper: Keeper<string>) {
    this.#chat = chat;
    this.#drafts = keeper;
    const newest = keeper.newest(chat);
    this.#read = newest !== undefined;
    this.text = newest ?? '';
  }

  /** The host keeps this draft. What was typed before it came stands below it. */
  read(draft: string): void {
    if (this.#read) return;
    this.#read = true;
    const typed = this.text;
    this.text = joined(draft, typed);
    if (typed !== '') this.#drafts.write(this.#chat, this.text);
  }

  write(text: string): void {
    this.text = text;
    if (this.#read) this.#drafts.write(this.#chat, text);
  }

  /** Words that come back go before what was written since. */
  putBack(words: string): void {
    this.write(joined(words, this.text));
  }

  /** Says these words by `say`, which tells whether they were taken. Others that stand in the field stay there. */
  async send(words: string, say: () => Promise<boolean>): Promise<boolean> {
    const own = this.text === words;
    if (own) this.text = '';
    // A save that is on its way would bring the words back after they were said.
    await this.#drafts.flush();
    if (await say()) {
      // The host emptied the draft along with it, whatever stands in the field now.
      this.#drafts.settled(this.#chat, '');
      this.write(this.text);
      return true;
    }
    if (own || this.text === '') this.putBack(words);
    return false;
  }
}

const all = new Map<string, Writing>();

/** What stands in the composer of this chat. */
export function writingIn(chat: string): Writing {
  const known = all.get(chat);
  if (known) return known;
  const fresh = new Writing(chat, drafts);
  all.set(chat, fresh);
  return fresh;
}
