// A chat that does not exist yet: it is made when the first thing is said in it. What was chosen for it lives here, so
// that looking at another page loses nothing; its words are kept like those of any chat, unless it is temporary.

import type { ModelId, Parameters } from '../../contract/bindings';
import { UNSET } from '../../contract/unset';
import { host } from '../../host';
import { newDraft } from './kept';
import { joined } from './writing.svelte';

class NewChat {
  text = $state('');
  /** `null` takes the one last used. */
  model = $state<ModelId | null>(null);
  temporary = $state(false);
  parameters = $state.raw<Parameters>(UNSET);
  /** What the host keeps is in the text; before that, saving would overwrite it. */
  #known = false;
  #reading: Promise<void> | null = null;

  /** Fetches what was written before the window was opened; what is written meanwhile stands below it. */
  known(): Promise<void> {
    this.#reading ??= this.#fetch();
    return this.#reading;
  }

  /** The same for those who can go on without: the next look at the page or the next letter tries again. */
  read(): Promise<void> {
    return this.known().catch(() => undefined);
  }

  async #fetch(): Promise<void> {
    try {
      const { text } = await host.call('chat.newDraft', {});
      this.#known = true;
      const typed = this.text;
      this.text = joined(text, typed);
      if (typed !== '' || this.temporary) this.#keep();
    } catch (error) {
      this.#reading = null;
      throw error;
    }
  }

  write(text: string): void {
    this.text = text;
    this.#keep();
  }

  /** Nothing of a temporary chat may be kept, not even what was written before it became one. */
  setTemporary(temporary: boolean): void {
    this.temporary = temporary;
    this.#keep();
    void newDraft.flush();
  }

  /** The chat was made of it, and the host has forgotten the words; what was written since belongs to that chat. */
  reset(): void {
    if (this.text === '') newDraft.settled(ONE, '');
    else newDraft.write(ONE, '');
    this.text = '';
    this.model = null;
    this.temporary = false;
    this.parameters = UNSET;
  }

  #keep(): void {
    if (!this.#known) {
      void this.read();
      return;
    }
    newDraft.write(ONE, this.temporary ? '' : this.text);
  }
}

/** There is one chat that does not exist yet. */
const ONE = 'new';

export const newChat = new NewChat();
