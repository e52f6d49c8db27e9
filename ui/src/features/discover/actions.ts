// Beginning a download from a card.
import type { HubCard, HubItem, HubRepoRef } from '../../contract/bindings';
import { toastError } from '../../components/ui';
import { errorTable, keys, queryClient } from '../../data';
import { host, HostError } from '../../host';
import { openSettings } from '../../router';
import { words } from './words';

/** Resolves when it is in the queue, or when that failed. */
export async function startDownload(repo: HubRepoRef, { item, quantisation }: HubItem): Promise<void> {
  try {
    const { download } = await host.call('download.start', {
      repo: repo.repo,
      revision: repo.revision,
      item,
      quantisation,
    });
    await queryClient.invalidateQueries({ queryKey: keys.downloads });
    // The card need not be asked for again: it would leave this machine for what is known.
    queryClient.setQueryData<HubCard>(
      keys.hubCard(repo),
      (card) =>
        card && {
          ...card,
          items: card.items.map((each) =>
            each.item === item ? { ...each, state: { kind: 'downloading', download } } : each,
          ),
        },
    );
  } catch (thrown) {
    const { info } = HostError.from(thrown);
    const privacy = errorTable[info.code].action === 'open_privacy';
    toastError(info, privacy ? { label: words.privacy, onClick: () => openSettings('privacy') } : undefined);
  }
}
