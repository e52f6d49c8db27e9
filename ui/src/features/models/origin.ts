// What leads from a model back to the hub that it came from: its card there, its newer version, its files once more.

import type { Model, ModelOrigin } from '../../contract/bindings';
import { toastError } from '../../components/ui';
import { errorTable, keys, queryClient } from '../../data';
import { host, HostError } from '../../host';
import { openModels, openSettings } from '../../router';
import { discover } from '../discover';
import { coming } from './coming.svelte';
import { words } from './words';

/** Tells why the hub could not be asked, with the way to what keeps it from being asked. */
export function tellRefusal(thrown: unknown): void {
  const { info } = HostError.from(thrown);
  const privacy = errorTable[info.code].action === 'open_privacy';
  toastError(info, privacy ? { label: words.privacy, onClick: () => openSettings('privacy') } : undefined);
}

/** The card of the repository that it came from. */
export function showOnHub({ repo }: ModelOrigin): void {
  discover.open({ repo, revision: null, item: null });
  openModels('discover');
}

/** Puts its newer version into the queue of downloads. Whether that worked. */
export async function update({ id }: Pick<Model, 'id'>): Promise<boolean> {
  try {
    const { download } = await host.call('model.update', { model: id });
    coming.note(id, download);
    await queryClient.invalidateQueries({ queryKey: keys.downloads });
    return true;
  } catch (thrown) {
    tellRefusal(thrown);
    return false;
  }
}

/** One after the other; after one that could not begin the others would most likely not either. */
export async function updateAll(models: readonly Pick<Model, 'id'>[]): Promise<void> {
  for (const model of models) if (!(await update(model))) return;
}

/** The hub's name for what a model was downloaded as, at the commit that it came from. */
async function itemOf(model: Model, origin: ModelOrigin): Promise<string> {
  const card = await host.call('hub.card', { repo: origin.repo, revision: origin.commit, item: null });
  const item =
    card.items.find(({ state }) => state.kind === 'here' && state.model === model.id) ??
    card.items.find(
      ({ format, quantisation }) => format === model.format && quantisation === model.quantisation,
    );
  if (item) return item.item;
  const message = words.goneFromHub(model.name, origin.repo);
  throw new HostError({ code: 'not_found', message, retryable: false });
}

/** Fetches a model's files once more, as they were at the commit that it came from. */
export async function downloadAgain(model: Model): Promise<void> {
  const { origin } = model;
  if (!origin) return;
  try {
    const { download } = await host.call('download.start', {
      repo: origin.repo,
      revision: origin.commit,
      item: await itemOf(model, origin),
      quantisation: model.quantisation,
    });
    coming.note(model.id, download);
    await queryClient.invalidateQueries({ queryKey: keys.downloads });
  } catch (thrown) {
    tellRefusal(thrown);
  }
}
