// Parameters that say nothing: the host's `Parameters::default()`.

import type { Parameters } from './bindings';

export const UNSET: Parameters = {
  system_prompt: '',
  temperature: null,
  top_p: null,
  top_k: null,
  min_p: null,
  repeat_penalty: null,
  presence_penalty: null,
  frequency_penalty: null,
  max_tokens: null,
  stop: [],
  seed: null,
  context_length: null,
  thinking: null,
  kv_cache: null,
};
