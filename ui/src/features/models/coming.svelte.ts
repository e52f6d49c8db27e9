// Which download brings which model's files, newer or once more.

import type { Download, DownloadId, Model, ModelId } from '../../contract/bindings';

export class Coming {
  #asked = $state.raw<ReadonlyMap<ModelId, DownloadId>>(new Map());

  /** This download was begun for this model. */
  note(model: ModelId, download: DownloadId): void {
    this.#asked = new Map(this.#asked).set(model, download);
  }

  /** The one that is not done yet; one from before the last start is known by what it fetches. */
  of(
    { id, origin, quantisation }: Pick<Model, 'id' | 'origin' | 'quantisation'>,
    downloads: readonly Download[] | undefined,
  ): Download | null {
    const open = downloads?.filter(({ state }) => state.kind !== 'done') ?? [];
    const asked = this.#asked.get(id);
    return (
      open.find((download) => download.id === asked) ??
      open.find((download) => download.repo === origin?.repo && download.quantisation === quantisation) ??
      null
    );
  }
}

/** Those of this window. */
export const coming = new Coming();
