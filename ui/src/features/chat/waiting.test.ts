import { describe, expect, it } from 'vitest';

import type { Model, ModelState } from '../../contract/bindings';
import { UNSET } from '../../contract/unset';
import { contextLength, thinks } from './modelOf';
import { waitingWords } from './waiting';

const READY: ModelState = { kind: 'ready', context_length: 2_048, memory_bytes: 1, unload_at: null };

function model(state: ModelState, more: Partial<Model> = {}): Model {
  return {
    id: 'm',
    name: 'Pocket',
    format: 'gguf',
    path: '/pocket.gguf',
    files: 1,
    size_bytes: 1,
    architecture: 'qwen3',
    parameters: null,
    quantisation: null,
    context_length: 2_048,
    thinks: true,
    tools: false,
    owner: 'built_in',
    origin: null,
    update: null,
    verifiable: false,
    undeletable: null,
    engine: 'llama.cpp',
    engine_reason: '',
    engines: [],
    unsupported: null,
    embeds: false,
    takes: ['thinking'],
    defaults: UNSET,
    state,
    last_used_at: null,
    ...more,
  };
}

describe('what stands in the place of the first word', () => {
  it('is how far the model is loaded', () => {
    expect(waitingWords(model({ kind: 'loading', fraction: 0.43 }), null, false)).toEqual({
      text: 'Loading Pocket… 43 %',
      fraction: 0.43,
    });
    expect(waitingWords(model({ kind: 'loading', fraction: null }), null, false)?.text).toBe(
      'Loading Pocket…',
    );
  });

  it('is how far the prompt is read, before anything else', () => {
    const words = waitingWords(model(READY), { done: 1_200, total: 2_048 }, true);
    expect(words?.text).toBe('Reading 1,200 of 2,048 tokens');
  });

  it('is whose turn it is, and nothing once the answer has begun', () => {
    expect(waitingWords(model(READY), null, false)?.text).toBe('Waiting for its turn');
    expect(waitingWords(model(READY), null, true)).toBeNull();
    expect(waitingWords(null, null, false)?.text).toBe('Waiting for the model');
  });
});

describe('the model of a chat', () => {
  it('thinks only when told to, and only if it can', () => {
    expect(thinks(model(READY), UNSET, UNSET)).toBe(false);
    expect(thinks(model(READY), UNSET, { ...UNSET, thinking: true })).toBe(true);
    expect(thinks(model(READY), { ...UNSET, thinking: false }, { ...UNSET, thinking: true })).toBe(false);
    expect(thinks(model(READY, { thinks: false }), UNSET, UNSET)).toBeNull();
  });

  it('holds what it was loaded with, else what is asked for', () => {
    expect(contextLength(model(READY), { ...UNSET, context_length: 512 }, UNSET)).toBe(2_048);
    expect(contextLength(model({ kind: 'unloaded' }), { ...UNSET, context_length: 512 }, UNSET)).toBe(512);
    expect(contextLength(model({ kind: 'unloaded' }), UNSET, UNSET)).toBeNull();
  });
});
