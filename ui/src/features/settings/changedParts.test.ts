import { expect, it } from 'vitest';

import type { Parameters } from '../../contract/bindings';
import { UNSET } from '../../contract/unset';
import { changedParts } from './changedParts';

it('only what was changed is a change, taking back included', () => {
  const before: Parameters = { ...UNSET, temperature: 0.5, top_p: 0.9 };
  expect(changedParts(before, { ...before, temperature: 0.7 })).toEqual({ temperature: 0.7 });
  expect(changedParts(before, { ...before, temperature: null })).toEqual({ temperature: null });
  expect(changedParts(before, UNSET), 'all back at once').toEqual({ temperature: null, top_p: null });
});
