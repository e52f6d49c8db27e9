import { describe, expect, it } from 'vitest';

import { folderOf, liesIn } from './paths';

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

it('a file lies in the folder before its name, whichever way the system writes it', () => {
  expect(folderOf('/home/ana/models/a.gguf')).toBe('/home/ana/models');
  expect(folderOf('C:\\models\\a.gguf')).toBe('C:\\models');
  expect(folderOf('/a.gguf'), 'of a root nothing is left').toBe('/a.gguf');
});
