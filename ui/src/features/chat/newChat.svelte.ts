// A chat that does not exist yet: it is made when the first thing is said in it. What was chosen for it lives here, so
// that looking at another page loses nothing; its words are kept like those of any chat, unless it is temporary.

import type { ModelId, Parameters } from '../../contract/bindings';
import { UNSET } from '../../contract/unset';
import { host } from '../../host';
import { newDraft } from './kept';

class NewChat {
  text = $state('');
  /** `null` takes the one last used. */
  model = $state<ModelId | null>(null);
  temporary = $state(false);
  parameters = $state.raw<Parameters>(UNSET);
  #read = false;

  /** Fetches what was written before the window was opened; what is written meanwhile stays. */
  async read(): Promise<void> {
    if (this.#read) return;
    this.#read = true;
    try {
      const { text } = await host.call('chat.newDraft', {});
      if (this.text === '' && !this.temporary) this.text = text;
    } catch {
      // The next look at the page tries again.
      this.#read = false;
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
    newDraft.write(ONE, this.temporary ? '' : this.text);
  }
}

/** There is one chat that does not exist yet. */
const ONE = 'new';

export const newChat = new NewChat();
