// Tells on every page when a download has become a model, or failed while nobody looked.
import type { Download, DownloadId, DownloadState } from '../../contract/bindings';
import { toast, toastError } from '../../components/ui';
import { openModels, router } from '../../router';
import { chatWith } from '../models';
import { nameOf, words } from './words';

type Kinds = ReadonlyMap<DownloadId, DownloadState['kind']>;

/** Those that came to this state since; of what was there at the beginning nobody wants to hear. */
export function newly(
  kind: DownloadState['kind'],
  before: Kinds | null,
  downloads: readonly Download[],
): Download[] {
  if (before === null) return [];
  return downloads.filter(({ id, state }) => state.kind === kind && before.get(id) !== kind);
}

let before: Kinds | null = null;

/** Looks at the newest list. */
export function tellFinished(downloads: readonly Download[]): void {
  // Where downloads are in sight they say it themselves.
  const inSight = router.route.page === 'models' && router.route.tab === 'downloads';
  for (const download of inSight ? [] : newly('done', before, downloads)) {
    const { state } = download;
    if (state.kind !== 'done' || state.model === null) continue;
    const id = state.model;
    toast(words.isHere(nameOf(download)), {
      action: { label: words.chatWith, onClick: () => void chatWith({ id }) },
    });
  }
  for (const { state } of inSight ? [] : newly('failed', before, downloads))
    if (state.kind === 'failed')
      toastError(state.error, { label: words.showDownloads, onClick: () => openModels('downloads') });
  before = new Map(downloads.map(({ id, state }) => [id, state.kind]));
}
