// The models to begin with: their order, which of them stands out, and how a download of one begins.

import { toastError } from '../../components/ui';
import type { PickClass, Recommendation } from '../../contract/bindings';
import { saveSettings } from '../../data';
import { host, HostError } from '../../host';
import { router } from '../../router';

const ORDER: readonly PickClass[] = ['small', 'balanced', 'best'];

const placeOf = ({ class: its }: Recommendation) => (its === null ? ORDER.length : ORDER.indexOf(its));

/** Small before balanced before best, one of each at most. */
export function inOrder(picks: readonly Recommendation[]): Recommendation[] {
  const seen = new Set<PickClass | null>();
  return picks
    .toSorted((a, b) => placeOf(a) - placeOf(b))
    .filter((pick) => {
      const first = pick.class !== null && !seen.has(pick.class);
      seen.add(pick.class);
      return first;
    });
}

/** The one to take without thinking; where the machine has room for one or two only, the largest of them. */
export function standsOut(picks: readonly Recommendation[]): Recommendation | undefined {
  return picks.find((pick) => pick.class === 'balanced') ?? picks.at(-1);
}

/** Downloads it and goes to where that can be watched; the first start is done. Rejects where it cannot begin. */
export async function download({ repo, quantisation }: Recommendation): Promise<void> {
  await host.call('download.start', { repo, revision: null, item: null, quantisation });
  // The way back leads to the chats, not here.
  router.go({ page: 'models', tab: 'downloads' }, { replace: true });
  try {
    await saveSettings({ welcomed: true });
  } catch (thrown) {
    // The download goes on all the same.
    toastError(HostError.from(thrown).info);
  }
}
