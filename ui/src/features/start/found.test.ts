import { describe, expect, it } from 'vitest';

import { aModel } from '../models/fixtures';
import { foundIn } from './found';

describe('foundIn', () => {
  it('tells what can run from what cannot, in this folder only', () => {
    const found = foundIn(
      {
        models: [
          aModel({ name: 'here', path: '/m/here.gguf' }),
          aModel({ name: 'odd', path: '/m/odd.gguf', engine: null }),
          aModel({ name: 'elsewhere', path: '/other/x.gguf' }),
          aModel({ name: 'Pocket', path: '/m/pocket.gguf', owner: 'built_in' }),
        ],
        folders: [],
        rejected: [
          {
            path: '/m/cut.gguf',
            error: { code: 'model_damaged', message: 'It is cut off.', retryable: false },
          },
          {
            path: '/x/cut.gguf',
            error: { code: 'model_damaged', message: 'It is cut off.', retryable: false },
          },
        ],
      },
      '/m',
    );
    expect(found.usable.map(({ name }) => name)).toEqual(['here']);
    expect(found.unusable.map(({ name }) => name)).toEqual(['odd']);
    expect(found.rejected).toBe(1);
  });
});
