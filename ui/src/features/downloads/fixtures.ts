// A download as tests need it; only tests import this.
import type { Download } from '../../contract/bindings';

export function aDownload(more: Partial<Download> = {}): Download {
  return {
    id: 'd1',
    repo: 'Qwen/Qwen3-4B-GGUF',
    name: 'Qwen3 4B',
    quantisation: 'Q4_K_M',
    files: 1,
    size_bytes: 2.5e9,
    done_bytes: 1.6e9,
    added_at: 0,
    state: { kind: 'running', bytes_per_s: 38e6 },
    ...more,
  };
}
