// Why nothing is being said yet, in words.

import type { Model } from '../../contract/bindings';
import { count, percent } from '../../data/format';
import type { Prefill } from './liveAnswer.svelte';

export interface WaitingWords {
  text: string;
  /** 0 to 1 where it can be told. */
  fraction: number | null;
}

/** What to show in the place of the first word. */
export function waitingWords(
  model: Model | null,
  prefill: Prefill | null,
  begun: boolean,
): WaitingWords | null {
  if (prefill && prefill.total > 0) {
    const { done, total } = prefill;
    return { text: `Reading ${count(done)} of ${count(total)} tokens`, fraction: Math.min(1, done / total) };
  }
  if (begun) return null;
  const name = model?.name ?? 'the model';
  if (model?.state.kind === 'loading') {
    const { fraction } = model.state;
    return { text: `Loading ${name}…${fraction === null ? '' : ` ${percent(fraction)}`}`, fraction };
  }
  if (model?.state.kind === 'ready') return { text: 'Waiting for its turn', fraction: null };
  return { text: `Waiting for ${name}`, fraction: null };
}
