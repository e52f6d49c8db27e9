// Rows, files and fits as tests need them; only tests import this.
import type { Fit, HubItem, HubRow, Recommendation } from '../../contract/bindings';

export function aRow(more: Partial<HubRow> = {}): HubRow {
  return {
    repo: 'Qwen/Qwen3-4B-GGUF',
    name: 'Qwen3 4B',
    publisher: 'Qwen',
    downloads: 1_212_000,
    likes: 812,
    updated_at: null,
    formats: ['gguf'],
    licence: 'Apache 2.0',
    free_licence: true,
    vision: false,
    tools: true,
    gated: false,
    parameters: 4.02e9,
    ...more,
  };
}

export function aPick(more: Partial<Recommendation> = {}): Recommendation {
  return {
    repo: 'Qwen/Qwen3-8B-GGUF',
    name: 'Qwen3 8B',
    publisher: 'Qwen',
    best_for: 'Harder questions.',
    reason: 'The largest that fits.',
    class: 'best',
    quantisation: 'Q4_K_M',
    size_bytes: 5e9,
    needs_bytes: 6.7e9,
    fits: true,
    parameters: 8.19e9,
    licence: 'Apache 2.0',
    free_licence: true,
    ...more,
  };
}

export function anItem(more: Partial<HubItem> = {}): HubItem {
  return {
    item: 'Qwen3-4B-Q4_K_M.gguf',
    format: 'gguf',
    quantisation: 'Q4_K_M',
    size_bytes: 2.5e9,
    files: 1,
    state: { kind: 'away' },
    ...more,
  };
}

const GIB = 1024 ** 3;

export function aFit(more: Partial<Fit> = {}): Fit {
  return {
    verdict: { kind: 'fits' },
    needs_bytes: 3.6 * GIB,
    loading_bytes: 4 * GIB,
    per_1k_bytes: 0.15 * GIB,
    budget_bytes: 11.2 * GIB,
    context: 8192,
    longest_context: 41_344,
    speed: { from: 9.1, to: 12.3 },
    learnt_from: 0,
    engine: 'llama.cpp',
    refusal: null,
    ...more,
  };
}
