import { describe, expect, it } from 'vitest';

import type { ErrorCode, Model } from '../../contract/bindings';
import { errorTable } from '../../data/errors';
import { mendings } from './mending';

const mend = (code: ErrorCode, model: { unsupported: string | null } | null = null): string[] =>
  mendings({ code, message: '', retryable: false }, model as Model | null);
const RUNS = { unsupported: null };

describe('a failed answer', () => {
  it('can always be mended in some way', () => {
    for (const code of Object.keys(errorTable) as ErrorCode[])
      expect(mend(code).length, code).toBeGreaterThan(0);
  });

  it('offers the likeliest help first, and nothing twice', () => {
    expect(mend('engine_crashed')).toEqual(['retry', 'choose_model']);
    expect(mend('out_of_memory')).toEqual(['lower_context', 'choose_model', 'retry']);
  });

  it('does not offer to ask again where that fails the same way', () => {
    expect(mend('no_model')).toEqual(['choose_model']);
    expect(mend('processor_unsupported', RUNS), 'no model runs on it').toEqual(['copy_details']);
  });

  it('offers to ask again, first of all, once a model is chosen that can run', () => {
    expect(mend('no_model', RUNS)).toEqual(['retry', 'choose_model']);
    expect(mend('model_unsupported', RUNS)).toEqual(['retry', 'choose_model']);
    expect(mend('model_unsupported', { unsupported: 'No engine knows it.' })).toEqual(['choose_model']);
  });
});
