import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Discover } from './discover.svelte';

const exact = { repo: 'Qwen/Qwen3-8B-GGUF', revision: 'main', item: 'Qwen3-8B-Q4_K_M.gguf' };

describe('what is searched for', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('follows the field after a pause, and only its last letters', () => {
    const discover = new Discover();
    discover.type('q');
    vi.advanceTimersByTime(200);
    discover.type(' qwen3 ');
    vi.advanceTimersByTime(299);
    expect(discover.words, 'every search asks the hub').toBe('');
    vi.advanceTimersByTime(1);
    expect(discover.words).toBe('qwen3');
  });

  it('follows Enter at once, and is not asked for again after the pause', () => {
    const discover = new Discover();
    discover.type('qwen3');
    discover.searchNow();
    expect(discover.search).toMatchObject({ words: 'qwen3', fits: true, sort: 'trending' });
    discover.type('');
    expect(discover.words, 'nothing is nothing to wait for').toBe('');
    vi.advanceTimersByTime(1_000);
    expect(discover.words).toBe('');
  });

  it('is narrowed by filters one by one', () => {
    const discover = new Discover();
    discover.filter({ format: 'gguf' });
    discover.filter({ fits: false });
    expect(discover.search).toMatchObject({ format: 'gguf', fits: false });
    expect(discover.filtered).toBe(true);
    discover.filter({ format: null });
    expect(discover.filtered).toBe(false);
  });
});

describe('the card that is shown', () => {
  it('is the first one until another is chosen, and stays through filters', () => {
    const discover = new Discover();
    discover.settle('', 'a/first', null);
    expect(discover.shown?.repo).toBe('a/first');
    discover.open({ repo: 'b/chosen', revision: null, item: null });
    discover.settle('', 'c/other', null);
    expect(discover.shown?.repo, 'a filter changed the rows').toBe('b/chosen');
  });

  it('is the first one again once new words have their rows', () => {
    const discover = new Discover();
    discover.open({ repo: 'b/chosen', revision: null, item: null });
    discover.settle('gemma', 'google/gemma', null);
    expect(discover.shown?.repo).toBe('google/gemma');
  });

  it('is the very one that was named, file and all, and only once', () => {
    const discover = new Discover();
    discover.narrow = true;
    discover.settle('https://huggingface.co/…', 'a/first', exact);
    expect(discover.shown).toEqual(exact);
    expect(discover.cardOpen, 'over the list where there is no room').toBe(true);
    discover.back();
    discover.settle('https://huggingface.co/…', 'a/first', exact);
    expect(discover.cardOpen, 'who went back stays there').toBe(false);
  });

  it('waits to be chosen where there is room for the list only', () => {
    const discover = new Discover();
    discover.narrow = true;
    discover.settle('', 'a/first', null);
    expect(discover.shown).toBeNull();
  });
});
