import { expect, it } from 'vitest';

import type { Download } from '../../contract/bindings';
import { Coming } from './coming.svelte';
import { aModel } from './fixtures';

const origin = { repo: 'Qwen/Qwen3-4B-GGUF', commit: 'a'.repeat(40), finished_at: 1 };
const model = aModel({ id: 'm', origin, quantisation: 'Q4_K_M' });

const download = (more: Partial<Download> = {}): Download => ({
  id: 'd1',
  repo: origin.repo,
  name: 'Qwen3 4B',
  quantisation: 'Q4_K_M',
  files: 1,
  size_bytes: 2,
  done_bytes: 1,
  added_at: 0,
  state: { kind: 'queued' },
  ...more,
});

it('the download that was begun for a model brings its files, whatever the hub calls them', () => {
  const coming = new Coming();
  const named = download({ quantisation: 'UD-Q4_K_XL' });
  expect(coming.of(model, [named])).toBeNull();
  coming.note('m', 'd1');
  expect(coming.of(model, [named])).toBe(named);
});

it('one from before the last start is known by what it fetches', () => {
  const coming = new Coming();
  const other = download({ id: 'd2', quantisation: 'Q8_0' });
  const same = download({ id: 'd3' });
  expect(coming.of(model, [other, same])).toBe(same);
  expect(coming.of(aModel({ origin: null }), [same]), 'it did not come from there').toBeNull();
});

it('what is done is not on its way any more', () => {
  const coming = new Coming();
  coming.note('m', 'd1');
  expect(coming.of(model, [download({ state: { kind: 'done', model: 'm' } })])).toBeNull();
  expect(coming.of(model, undefined), 'nobody knows yet').toBeNull();
});
