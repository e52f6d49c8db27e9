import { describe, expect, it } from 'vitest';

import { aModel } from '../models/fixtures';
import { foundIn, liesIn } from './found';

describe('liesIn', () => {
  it('takes a folder with or without a slash at its end', () => {
    expect(liesIn('/home/ana/models/a.gguf', '/home/ana/models/')).toBe(true);
    expect(liesIn('/home/ana/models/a.gguf', '/home/ana/models')).toBe(true);
    expect(liesIn('C:\\models\\a.gguf', 'C:\\models')).toBe(true);
    expect(liesIn('/models', '/models')).toBe(true);
  });

  it('is not taken in by a folder whose name begins the same', () => {
    expect(liesIn('/home/ana/models-old/a.gguf', '/home/ana/models')).toBe(false);
  });
});

describe('foundIn', () => {
  it('tells what can run from what cannot, in this folder only', () => {
    const found = foundIn(
      {
        models: [
          aModel({ name: 'here', path: '/m/here.gguf' }),
          aModel({ name: 'odd', path: '/m/odd.gguf', engine: null }),
          aModel({ name: 'elsewhere', path: '/other/x.gguf' }),
          aModel({ name: 'Pocket', path: '/m/pocket.gguf', built_in: true }),
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
