// A model as tests need it; only tests import this.

import type { EngineChoice, Model } from '../../contract/bindings';
import { UNSET } from '../../contract/unset';

export function anEngine(engine: string, more: Partial<EngineChoice> = {}): EngineChoice {
  return { engine, refusal: null, chosen: false, speed: null, ...more };
}

export function aModel(more: Partial<Model> = {}): Model {
  return {
    id: 'a'.repeat(16),
    name: 'Aurora 4B',
    format: 'gguf',
    path: '/models/aurora-4b.Q4_K_M.gguf',
    files: 1,
    size_bytes: 2_500_000_000,
    architecture: 'qwen3',
    parameters: 4_020_000_000,
    quantisation: 'Q4_K_M',
    context_length: 40_960,
    thinks: true,
    tools: true,
    owner: 'own',
    origin: null,
    update: null,
    verifiable: true,
    undeletable: null,
    engine: 'llama.cpp',
    engine_reason: 'the fastest here',
    engines: [anEngine('llama.cpp'), anEngine('mistral.rs')],
    unsupported: null,
    embeds: false,
    takes: ['temperature', 'top_p'],
    defaults: UNSET,
    state: { kind: 'unloaded' },
    last_used_at: null,
    ...more,
  };
}
