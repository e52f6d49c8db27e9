// The models of the world in memory, and the folders in which they lie. Only for developing and for tests.
import type { EngineChoice, FolderOwner, Model, ModelUpdate, Parameter } from '../../contract/bindings';
import { UNSET } from '../../contract/unset';

const OWN = '/home/ana/.local/share/inglenook/models';
const AWAY = '/media/ana/Archive/models';
const OLLAMA = '/home/ana/.ollama/models';
const LM_STUDIO = '/home/ana/.lmstudio/models';
const HUGGING_FACE = '/home/ana/.cache/huggingface/hub';

/** Folders that nobody added. */
export const FOLDERS: { path: string; owner: FolderOwner }[] = [
  { path: '/usr/lib/inglenook', owner: 'built_in' },
  { path: OWN, owner: 'own' },
];

/** Those of other programs. */
export const PROGRAMS: { path: string; owner: FolderOwner }[] = [
  { path: HUGGING_FACE, owner: 'hugging_face' },
  { path: OLLAMA, owner: 'ollama' },
  { path: LM_STUDIO, owner: 'lm_studio' },
];

/** Folders whose disk is not connected. */
export const AWAY_FOLDERS = [AWAY];

/** The commit of all that was downloaded, and the hub's newest. */
export const COMMIT = '1a'.repeat(20);
export const NEWEST = '9f'.repeat(20);

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

/** Came from the hub into the folder of Inglenook's own. */
const fetched = (repo: string, file: string, finishedAt: number): Partial<Model> => ({
  path: `${OWN}/${repo}/${file}`,
  owner: 'own',
  origin: { repo, commit: COMMIT, finished_at: finishedAt },
  verifiable: true,
});

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
  owner: 'added',
  origin: null,
  update: null,
  verifiable: false,
  undeletable: null,
  engines: engines(),
  ...engineOf(over.engines ?? engines()),
  unsupported: null,
  embeds: false,
  defaults: { ...UNSET, temperature: 0.7, top_p: 0.95, top_k: 40 },
  state: { kind: 'unloaded' },
  last_used_at: null,
  ...over,
});

/** A model that has just come from the hub. */
export const fetchedModel = (
  id: string,
  name: string,
  over: Pick<Model, 'origin' | 'quantisation' | 'size_bytes'>,
): Model =>
  model({
    id,
    name,
    ...over,
    path: `${OWN}/${over.origin?.repo ?? ''}/${name}.gguf`,
    owner: 'own',
    verifiable: true,
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
    id: '5b90c2e7d1f4a638',
    name: 'Ministral 3B',
    path: `${OLLAMA}/blobs/sha256-5b90c2e7`,
    architecture: 'mistral3',
    parameters: 3.4e9,
    size_bytes: 2.1e9,
    context_length: 131_072,
    thinks: false,
    owner: 'ollama',
    verifiable: true,
    undeletable: 'Ollama keeps it. Delete it there: “ollama rm ministral:3b”.',
  }),
  model({
    id: 'e17d40a95c82b36f',
    name: 'Phi-4 mini',
    path: `${AWAY}/Phi-4-mini-Q6_K.gguf`,
    architecture: 'phi3',
    parameters: 3.84e9,
    quantisation: 'Q6_K',
    size_bytes: 3.16e9,
    context_length: 131_072,
    thinks: false,
    undeletable: 'Its disk is not connected.',
    last_used_at: now - 21 * 86_400_000,
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
    owner: 'built_in',
    undeletable: 'It ships with Inglenook.',
  }),
  model({
    id: '92e6f1b07a3c5d48',
    name: 'Qwen3 0.6B',
    format: 'safetensors',
    path: `${HUGGING_FACE}/models--Qwen--Qwen3-0.6B/snapshots/${COMMIT}`,
    files: 6,
    parameters: 6e8,
    quantisation: 'BF16',
    size_bytes: 1.2e9,
    context_length: 40_960,
    owner: 'hugging_face',
    verifiable: true,
    undeletable: 'Other programs use the cache of Hugging Face too. Delete it there: “hf cache delete”.',
  }),
  model({
    id: '1f0c5d2a9b7e4c31',
    name: 'Qwen3 4B',
    ...fetched('Qwen/Qwen3-4B-GGUF', 'Qwen3-4B-Q4_K_M.gguf', now - 30 * 86_400_000),
    state: { kind: 'ready', context_length: 8192, memory_bytes: 3.6e9, unload_at: now + 14 * 60_000 },
    last_used_at: now - 60_000,
  }),
  model({
    id: '3d8a57f6e0b2c914',
    name: 'SmolLM3 3B',
    ...fetched('HuggingFaceTB/SmolLM3-3B-GGUF', 'SmolLM3-3B-Q4_K_M.gguf', now - 12 * 86_400_000),
    architecture: 'smollm3',
    parameters: 3.1e9,
    size_bytes: 1.92e9,
    context_length: 65_536,
  }),
  model({
    id: 'b4c61e93d70f8a25',
    name: 'Llama 3.2 3B',
    path: `${LM_STUDIO}/lmstudio-community/Llama-3.2-3B-Instruct-Q4_K_M.gguf`,
    architecture: 'llama',
    parameters: 3.21e9,
    size_bytes: 2.02e9,
    context_length: 131_072,
    thinks: false,
    owner: 'lm_studio',
    undeletable: 'It lies in LM Studio’s folder. Delete it there.',
  }),
  // In a folder that is not looked in, until somebody adds it.
  model({
    id: '68f2d9a4b1c7e035',
    name: 'Granite 4 Tiny',
    path: '/home/ana/Downloads/granite-4-tiny.gguf',
    architecture: 'granitehybrid',
    parameters: 6.9e9,
    size_bytes: 4.3e9,
    context_length: 131_072,
  }),
];

/** By model: what checking its files finds. */
export const broken = (): Map<string, string[]> =>
  new Map([['3d8a57f6e0b2c914', ['SmolLM3-3B-Q4_K_M.gguf is not as it came: its checksum is another one.']]]);

/** By repository: what the hub has that is newer. */
export const newerOnHub = (now: number): Map<string, ModelUpdate> =>
  new Map([
    ['Qwen/Qwen3-4B-GGUF', { commit: NEWEST, changed_bytes: 2.1e9, updated_at: now - 4 * 86_400_000 }],
    ['HuggingFaceTB/SmolLM3-3B-GGUF', { commit: NEWEST, changed_bytes: 1.92e9, updated_at: null }],
  ]);
