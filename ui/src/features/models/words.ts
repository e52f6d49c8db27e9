// Every word of the model picker and the models page.

import type { ModelState } from '../../contract/bindings';
import { format } from '../../data';

const scaled = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 });
const oneDecimal = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

export const words = {
  choose: 'Choose a model',
  chooseAction: 'Choose the model of this chat',
  missing: 'The chosen model is gone',
  pickerLabel: (name: string, state: string) => `Model: ${name}, ${state}. Choose another`,
  search: 'Search models',
  inMemory: 'In memory',
  onDisk: 'On this computer',
  cannotRun: 'Cannot run here',
  cannotRunShort: 'cannot run here',
  noEngine: 'No engine of this version can run it.',
  none: 'No models yet',
  noneHint: 'Discover one on the hub, or add a folder with GGUF or safetensors files.',
  discover: 'Discover models',
  notFound: (search: string) => `No model matches “${search}”`,
  manage: 'Manage models',
  load: 'Load',
  loadAnyway: 'Load anyway',
  unload: 'Unload',
  stopLoading: 'Stop',
  loadName: (name: string) => `Load ${name}`,
  unloadName: (name: string) => `Unload ${name}`,
  chosen: 'Answers in this chat',

  engineOf: (name: string) => `Engine of ${name}`,
  engineHint: 'The engine is the program that runs the model. Your choice holds for this model.',
  engineButton: (name: string, line: string) => `Engine of ${name}: ${line}. Choose another`,
  engineAction: 'Choose its engine…',
  chooseEngine: (name: string) => `Choose the engine of ${name}`,
  automatic: 'Automatic',
  automaticHint: 'The one that runs it fastest here',
  speed: (writes: string, reads: string) => `writes ${writes}, reads ${reads}`,
  notMeasured: 'not measured yet',
  nextLoad: 'The model is in memory: a choice takes effect the next time it is loaded.',
  unloadNow: 'Unload it now',
  done: 'Done',

  title: 'Models',
  tabs: { discover: 'Discover', mine: 'Mine', downloads: 'Downloads' },
  here: 'On this machine',
  summary: (models: number, size: string) => `${format.counted(models, 'model')} · ${size} on disk`,
  columns: {
    name: 'Name',
    quantisation: 'Quantisation',
    context: 'Context',
    size: 'Size',
    state: 'State',
    lastUsed: 'Last used',
    actions: 'Actions',
  },
  builtIn: 'built in',
  weights: 'weights',
  tokens: 'tokens',
  loadingOf: (name: string) => `Loading ${name}`,
  thinks: 'thinks',
  tools: 'tools',
  thinksHint: 'Can reason aloud before it answers',
  toolsHint: 'Knows how to ask for tools',
  unknown: 'not stated',
  never: 'never',
  files: (files: number) => format.counted(files, 'file'),
  more: (name: string) => `More for ${name}`,
  chat: 'Chat with it',
  reveal: 'Show in its folder',
  copyPath: 'Copy path',
  copied: 'Path copied',
  notCopied: 'The clipboard could not be written.',

  folders: 'Folders',
  foldersHint:
    'Inglenook reads GGUF files and folders with safetensors here. It never changes or deletes them.',
  addFolder: 'Add folder…',
  add: 'Add',
  retry: 'Try again',
  rescan: 'Look again',
  looking: 'Looking…',
  lookingForModels: 'Looking for models…',
  rescanned: 'The folders were read again',
  remove: (path: string) => `Stop looking in ${path}`,
  removed: 'Inglenook does not look there any more. The files stay.',
  inFolder: (models: number) => (models === 0 ? 'no models' : format.counted(models, 'model')),
  ownFolder: 'Inglenook’s own',
  builtInFolder: 'comes with Inglenook',

  rejected: (files: number) => `${format.counted(files, 'file')} cannot be used`,
  rejectedHint: 'They look like models but are damaged or incomplete.',
} as const;

/** "5.5 M", "4 B": as model names count weights. */
export function parametersWords(parameters: number | null): string | null {
  if (parameters === null) return null;
  for (const [unit, size] of [
    ['T', 1e12],
    ['B', 1e9],
    ['M', 1e6],
    ['k', 1e3],
  ] as const) {
    if (parameters >= size * 0.9995) return `${scaled.format(parameters / size)} ${unit}`;
  }
  return format.count(parameters);
}

/** "8,192 tokens". */
export function contextWords(tokens: number): string {
  return `${format.count(tokens)} tokens`;
}

/** The state in a word or two; the fraction where it is known. */
export function stateWords(state: ModelState): string {
  switch (state.kind) {
    case 'unloaded':
      return 'not loaded';
    case 'loading':
      return state.fraction === null ? 'loading' : `loading ${format.percent(state.fraction)}`;
    case 'ready':
      return 'ready';
    case 'failed':
      return 'failed';
  }
}

/** "leaves in 12 min": when a model that nobody asks is unloaded. `never` where the settings say that none ever is. */
export function unloadWords(unloadAt: number | null, now: number, never: boolean): string {
  // The time is named while it is idle, and only then.
  if (unloadAt === null) return never ? 'stays in memory' : 'in use';
  const minutes = Math.max(1, Math.ceil((unloadAt - now) / 60_000));
  return minutes < 90
    ? `leaves in ${format.count(minutes)} min`
    : `leaves in ${oneDecimal.format(minutes / 60)} h`;
}
