// What the local server of the world in memory was asked before anybody looked.
import type { ServerRequest, ServerSettings } from '../../contract/bindings';

export const serverSettings = (): ServerSettings => ({
  start_with_app: false,
  keep_serving: true,
  port: 1234,
  lan: false,
  require_token: false,
  origins: [],
  hosts: [],
  parallel: 4,
  queue: 64,
  load_on_demand: true,
  log_bodies: false,
  models: [],
});

/** A request as it is while nothing is known of it but its first line. */
export const aRequest = (number: number, more: Partial<ServerRequest> = {}): ServerRequest => ({
  number,
  at: 0,
  method: 'POST',
  path: '/v1/chat/completions',
  token: null,
  model: null,
  status: null,
  ended: false,
  prompt_tokens: null,
  completion_tokens: null,
  tok_s: null,
  first_token_ms: null,
  took_ms: null,
  error: null,
  request_body: null,
  response_body: null,
  ...more,
});

/** The oldest first. */
export const requests = (now: number): ServerRequest[] => [
  aRequest(1, {
    at: now - 244_000,
    method: 'GET',
    path: '/v1/models',
    status: 200,
    ended: true,
    took_ms: 3,
  }),
  aRequest(2, {
    at: now - 159_000,
    model: 'Qwen3 4B',
    status: 400,
    ended: true,
    took_ms: 42,
    error: 'The prompt has 9,120 tokens, and the context holds 8,192. Shorten it.',
  }),
  aRequest(3, {
    at: now - 141_000,
    path: '/v1/embeddings',
    model: 'Qwen3 4B',
    status: 200,
    ended: true,
    prompt_tokens: 640,
    took_ms: 212,
  }),
  aRequest(4, {
    at: now - 120_000,
    model: 'Qwen3 4B',
    status: 200,
    ended: true,
    prompt_tokens: 96,
    completion_tokens: 212,
    tok_s: 11.8,
    first_token_ms: 400,
    took_ms: 18_400,
  }),
];
