import { describe, expect, it } from 'vitest';

import { gpuWords, graphicsWords, memoryLine, processorWords } from './words';

const GB = 1024 ** 3;

describe('hardware in words', () => {
  it('counts one core in the singular', () => {
    expect(processorWords({ cores: 1, vector: '' }, 'en')).toBe('1 core');
    expect(processorWords({ cores: 2, vector: 'AVX-512' }, 'en')).toBe('2 cores, AVX-512');
  });

  it('tells the memory and how much of it is free', () => {
    expect(memoryLine({ memory_bytes: 23.4 * GB, memory_free_bytes: 22.1 * GB }, 'en')).toBe(
      '23.4 GB memory, 22.1 GB free',
    );
  });

  it('says that there is no graphics card, and counts equal ones', () => {
    const card = { name: 'RTX 4090', memory_bytes: 24 * GB };
    expect(graphicsWords([], 'en')).toBe('no graphics card');
    expect(graphicsWords([card], 'en')).toBe('RTX 4090, 24 GB');
    expect(graphicsWords([card, { name: 'Iris', memory_bytes: null }, card], 'en')).toBe(
      '2 × RTX 4090, 24 GB · Iris',
    );
  });

  it('does not invent the memory of a card that does not tell', () => {
    expect(gpuWords({ name: 'Iris Xe', memory_bytes: null }, 'en')).toBe('Iris Xe');
  });
});
