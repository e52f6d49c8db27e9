import { describe, expect, it } from 'vitest';

import { aModel } from '../models/fixtures';
import { foundElsewhere, foundIn } from './found';

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

describe('foundElsewhere', () => {
  it('tells what other programs have that can run here', () => {
    const models = [
      aModel({ name: 'llama3.2:3b', owner: 'ollama' }),
      aModel({ name: 'odd', owner: 'hugging_face', engine: null }),
      aModel({ name: 'Qwen3 4B', owner: 'lm_studio' }),
      aModel({ name: 'Pocket', owner: 'built_in' }),
      aModel({ name: 'mine', owner: 'added' }),
    ];
    const found = foundElsewhere({ models });
    expect(found?.usable.map(({ name }) => name)).toEqual(['llama3.2:3b', 'Qwen3 4B']);
    expect(found?.folder).toBe('Ollama and LM Studio');
    expect(foundElsewhere({ models: models.slice(3) })).toBeNull();
  });
});
