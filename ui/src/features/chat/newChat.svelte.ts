// A chat that does not exist yet: it is made when the first thing is said in it. Until then what was chosen and written
// for it lives here, so that looking at another page loses nothing; the words survive a restart as well.

import { UNSET } from '../../components/parameters/knobs';
import type { ModelId, Parameters } from '../../contract/bindings';

const KEY = 'inglenook.newChat';

class NewChat {
  text = $state(read());
  /** `null` takes the one last used. */
  model = $state<ModelId | null>(null);
  temporary = $state(false);
  parameters = $state.raw<Parameters>(UNSET);

  /** Writes the words down, unless nothing of this may be kept. */
  keep(): void {
    try {
      if (this.text === '' || this.temporary) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, this.text);
    } catch {
      // A window without storage forgets them at its end.
    }
  }

  /** As if nothing had been written. */
  reset(): void {
    this.text = '';
    this.model = null;
    this.temporary = false;
    this.parameters = UNSET;
    this.keep();
  }
}

function read(): string {
  try {
    return localStorage.getItem(KEY) ?? '';
  } catch {
    return '';
  }
}

export const newChat = new NewChat();

/** Whether any parameter was changed. */
export function anyParameter(parameters: Parameters): boolean {
  return JSON.stringify(parameters) !== JSON.stringify(UNSET);
}
