// Looking for newer versions on the hub: only when a person asks for it, and on while other pages are shown.

import type { UpdateCheck } from '../../contract/bindings';
import { toast } from '../../components/ui';
import { keys, queryClient } from '../../data';
import { host } from '../../host';
import { openModels } from '../../router';
import { mineInSight } from './inSight';
import { tellRefusal } from './origin';
import { words } from './words';

/** What it came to, in a sentence; empty where nothing could be looked up. */
export function outcomeWords({ looked_up, newer, failed }: UpdateCheck): string {
  if (newer > 0) return words.someNewer(newer, looked_up);
  if (looked_up === 0) return '';
  return failed.length === 0 ? words.noneNewer(looked_up) : words.othersNew(looked_up);
}

export class Updates {
  /** The hub is being asked. */
  looking = $state(false);
  /** What it came to, until the page is left. */
  outcome = $state.raw<UpdateCheck | null>(null);

  async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    this.outcome = null;
    try {
      const outcome = await host.call('model.findUpdates', {});
      await queryClient.invalidateQueries({ queryKey: keys.models });
      if (mineInSight()) this.outcome = outcome;
      else this.#tell(outcome);
    } catch (thrown) {
      tellRefusal(thrown);
    } finally {
      this.looking = false;
    }
  }

  /** The page was left; what was read there need not be read again. */
  leave(): void {
    this.outcome = null;
  }

  #tell(outcome: UpdateCheck): void {
    const description = outcome.failed.join(' ');
    toast(outcomeWords(outcome) || words.notLookedUp, {
      ...(description && { description }),
      action: { label: words.showModels, onClick: () => openModels() },
    });
  }
}

/** Those of this window. */
export const updates = new Updates();
