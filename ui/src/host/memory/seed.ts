// What the world in memory begins with: a machine, some models, some chats. Only for developing and for tests.
import type {
  ChatSummary,
  EngineChoice,
  Hardware,
  Model,
  Parameter,
  Settings,
} from '../../contract/bindings';
import { UNSET } from '../../contract/unset';

export const settings = (): Settings => ({
  theme: 'system',
  text_size: 15,
  model_folders: ['/home/ana/models'],
  defaults: { ...UNSET },
  idle_unload_minutes: 15,
  log_level: 'info',
  offline: false,
  blocked_hosts: [],
  hub_endpoint: '',
  proxy: '',
  last_model: '1f0c5d2a9b7e4c31',
  welcomed: true,
});

export const hardware = (): Hardware => ({
  processor: 'AMD Ryzen 7 7840U',
  cores: 8,
  vector: 'AVX-512',
  memory_bytes: 16.4e9,
  memory_free_bytes: 11.2e9,
  gpus: [],
  disk_free_bytes: 214e9,
  kernels: { used: 'AVX-512 with VNNI and BF16', crashed: null },
});

const BOTH_TAKE: Parameter[] = [
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'repeat_penalty',
  'max_tokens',
  'stop',
  'seed',
  'context_length',
  'thinking',
];

const engines = (): EngineChoice[] => [
  { engine: 'llama.cpp', refusal: null, chosen: false, speed: { prompt_tok_s: 141.2, tok_s: 18.04 } },
  { engine: 'mistral.rs', refusal: null, chosen: false, speed: null },
];

/** What follows from the engines of a model: which runs it, why, and the knobs that it takes. */
export function engineOf(choices: EngineChoice[]): Pick<Model, 'engine' | 'engine_reason' | 'takes'> {
  const able = choices.filter(({ refusal }) => refusal === null);
  const wanted = able.find(({ chosen }) => chosen);
  const engine = (wanted ?? able[0])?.engine ?? null;
  const others = able.length === 1 ? 'the only one that can' : 'the fastest here';
  return {
    engine,
    engine_reason: engine === null ? '' : wanted ? 'you chose it' : others,
    takes: engine === 'llama.cpp' ? [...BOTH_TAKE, 'kv_cache'] : BOTH_TAKE,
  };
}

const model = (over: Partial<Model> & Pick<Model, 'id' | 'name'>): Model => ({
  format: 'gguf',
  path: `/home/ana/models/${over.name.replaceAll(' ', '-')}.gguf`,
  files: 1,
  size_bytes: 2.5e9,
  architecture: 'qwen3',
  parameters: 4.02e9,
  quantisation: 'Q4_K_M',
  context_length: 262_144,
  thinks: true,
  tools: true,
  built_in: false,
  engines: engines(),
  ...engineOf(over.engines ?? engines()),
  unsupported: null,
  defaults: { ...UNSET, temperature: 0.7, top_p: 0.95, top_k: 40 },
  state: { kind: 'unloaded' },
  last_used_at: null,
  ...over,
});

export const models = (now: number): Model[] => [
  model({
    id: '7a21bb0c94d3e6f8',
    name: 'Gemma 3 4B it',
    architecture: 'gemma3',
    parameters: 3.88e9,
    size_bytes: 2.49e9,
    context_length: 131_072,
    thinks: false,
    tools: false,
    engines: engines().map((choice) =>
      choice.engine === 'mistral.rs'
        ? { ...choice, refusal: 'mistral.rs does not know the architecture "gemma3" in this format.' }
        : choice,
    ),
    last_used_at: now - 3 * 86_400_000,
  }),
  model({
    id: '0e4b6a1d83c59f27',
    name: 'Llava 1.5 7B',
    architecture: 'llava',
    parameters: 7.06e9,
    size_bytes: 4.08e9,
    context_length: 4096,
    thinks: false,
    tools: false,
    engines: engines().map(({ engine }) => ({
      engine,
      refusal: `${engine} does not know the architecture "llava".`,
      chosen: false,
      speed: null,
    })),
    unsupported: {
      code: 'model_unsupported',
      message: 'No engine here can run the architecture "llava".',
      retryable: false,
    },
  }),
  model({
    id: 'c05e0d3f5a7b1289',
    name: 'Pocket',
    path: '/usr/lib/inglenook/pocket.gguf',
    architecture: 'llama',
    parameters: 2.6e7,
    size_bytes: 2.8e7,
    quantisation: 'Q8_0',
    context_length: 2048,
    thinks: false,
    tools: false,
    built_in: true,
  }),
  model({
    id: '1f0c5d2a9b7e4c31',
    name: 'Qwen3 4B',
    state: { kind: 'ready', context_length: 8192, memory_bytes: 3.6e9, unload_at: now + 14 * 60_000 },
    last_used_at: now - 60_000,
  }),
];

const DAY = 86_400_000;

const titles: [string, number, boolean][] = [
  ['House rules for the allotment', 6 * DAY, true],
  ['Fixing a slow SQL query', 4 * 60_000, false],
  ['Trip to Oslo in March', 2 * 3_600_000, false],
  ['Names for a bakery', 3 * 3_600_000, false],
  ['Letter to the landlord', DAY, false],
  ['Regex for dates', DAY + 3_600_000, false],
  ['Release notes 2.4', 3 * DAY, false],
  ['Interview questions', 12 * DAY, false],
  ['Sales table to Markdown', 40 * DAY, false],
];

export const summaries = (now: number): ChatSummary[] =>
  titles.map(([title, age, pinned], index) => ({
    id: `0198a000-0000-7000-8000-${String(index + 1).padStart(12, '0')}`,
    title,
    pinned,
    temporary: false,
    created_at: now - age - 600_000,
    updated_at: now - age,
    deleted_at: null,
    answering: false,
  }));
