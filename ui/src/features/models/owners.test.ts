import { describe, expect, it } from 'vitest';

import { aModel } from './fixtures';
import { foreignWords, onDisk, onDiskByKeeper } from './owners';

const away = { kind: 'away' } as const;

describe('what models take of the disk', () => {
  it('leaves out those whose disk is not connected', () => {
    expect(onDisk([aModel({ size_bytes: 3 }), aModel({ size_bytes: 4, state: away })])).toBe(3);
  });

  it('is told by whose they are, with what ships with Inglenook among its own', () => {
    const models = [
      aModel({ owner: 'ollama', size_bytes: 5 }),
      aModel({ owner: 'built_in', size_bytes: 1 }),
      aModel({ owner: 'own', size_bytes: 2 }),
      aModel({ owner: 'added', size_bytes: 4, state: away }),
    ];
    expect(onDiskByKeeper(models)).toEqual([
      { keeper: 'inglenook', bytes: 3 },
      { keeper: 'ollama', bytes: 5 },
    ]);
  });

  it('is not told twice where all is one’s', () => {
    expect(onDiskByKeeper([aModel({ owner: 'own' }), aModel({ owner: 'built_in' })])).toEqual([]);
  });
});

it('only models of other programs say whose they are', () => {
  expect(foreignWords('ollama')).toBe('in Ollama');
  expect(foreignWords('hugging_face')).toBe('in the Hugging Face cache');
  expect(foreignWords('own')).toBeNull();
  expect(foreignWords('added')).toBeNull();
});
