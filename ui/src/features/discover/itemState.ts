// Where a file of the hub stands on this machine: the card tells how it was, the downloads and the models since then.
import type { Download, HubItem, HubItemState, Model } from '../../contract/bindings';

function ofDownload({ id, state }: Download): HubItemState {
  if (state.kind !== 'done') return { kind: 'downloading', download: id };
  return state.model === null ? { kind: 'away' } : { kind: 'here', model: state.model };
}

/** As of now; `undefined` lists are not known yet. */
export function stateNow(
  repo: string,
  item: HubItem,
  downloads: readonly Download[] | undefined,
  models: readonly Pick<Model, 'id'>[] | undefined,
): HubItemState {
  const { state } = item;
  const known = downloads?.findLast((download) =>
    state.kind === 'downloading'
      ? download.id === state.download
      : download.repo === repo &&
        download.quantisation === item.quantisation &&
        download.size_bytes === item.size_bytes,
  );
  let now: HubItemState = state;
  if (known && state.kind !== 'here') now = ofDownload(known);
  // It was cancelled, or is done and off the list: then it is among the models, which the next card says.
  else if (state.kind === 'downloading' && downloads) now = { kind: 'away' };
  if (now.kind === 'here' && models) {
    const { model } = now;
    if (!models.some(({ id }) => id === model)) return { kind: 'away' };
  }
  return now;
}
