// Every word of the model picker and the models page.

import type { FolderOwner, ModelState } from '../../contract/bindings';
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
  notConnected: 'On a disk that is not connected',
  cannotRunShort: 'cannot run here',
  noEngine: 'No engine of this version can run it.',
  away: 'disk not connected',
  awayHint: 'Connect its disk, and it can be loaded again.',
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
  summary: (models: number, size: string, away: number) =>
    [
      `${format.counted(models, 'model')} · ${size} on disk`,
      away === 0
        ? null
        : `${format.count(away)} on ${away === 1 ? 'a disk that is' : 'disks that are'} not connected`,
    ]
      .filter(Boolean)
      .join(' · '),
  keepers: {
    inglenook: (size: string) => `Inglenook’s own ${size}`,
    added: (size: string) => `your folders ${size}`,
    hugging_face: (size: string) => `Hugging Face cache ${size}`,
    ollama: (size: string) => `Ollama ${size}`,
    lm_studio: (size: string) => `LM Studio ${size}`,
  },
  columns: {
    name: 'Name',
    quantisation: 'Quantisation',
    context: 'Context',
    size: 'Size',
    state: 'State',
    lastUsed: 'Last used',
    actions: 'Actions',
  },
  sortBy: (column: string) => `Sort by ${column.toLowerCase()}`,
  filter: 'Filter the models',
  filterHint: 'Name, architecture, quantisation',
  passed: (models: number, all: number) => `${format.count(models)} of ${format.counted(all, 'model')}`,
  builtIn: 'built in',
  inProgram: {
    hugging_face: 'in the Hugging Face cache',
    ollama: 'in Ollama',
    lm_studio: 'in LM Studio',
  },
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

  findUpdates: 'Look for updates',
  findingUpdates: 'Asking the hub…',
  findUpdatesHint: (models: number) =>
    models === 1
      ? 'Asks the hub about the model that came from it. Nothing is asked unless you press.'
      : `Asks the hub about the ${format.count(models)} models that came from it. Nothing is asked unless you press.`,
  someNewer: (newer: number, of: number) =>
    of === 1
      ? 'There is a newer version.'
      : `${format.count(newer)} of ${format.count(of)} ${newer === 1 ? 'has' : 'have'} a newer version.`,
  noneNewer: (of: number) => (of === 1 ? 'It is as new as the hub’s.' : 'All are as new as the hub’s.'),
  othersNew: (of: number) =>
    of === 1 ? 'One is as new as the hub’s.' : `${format.count(of)} are as new as the hub’s.`,
  notLookedUp: 'Not found out:',
  newerKnown: (models: number) => `${format.count(models)} models have a newer version.`,
  updateAll: (size: string) => `Update all · ${size}`,
  newer: (size: string) => `Newer version · ${size}`,
  updateName: (name: string, says: string) => `${name}: ${says}. Update it`,
  newerOf: (when: string) =>
    `The hub’s is of ${when}. It takes the place of this one when it has come whole.`,
  newerHint: 'It takes the place of this one when it has come whole.',
  update: 'Update',
  onItsWay: (percent: string) => `on its way, ${percent}`,
  paused: (percent: string) => `download paused at ${percent}`,
  didNotCome: 'the download failed',
  showDownloadOf: (name: string, says: string) => `${name}: ${says}. Show downloads`,
  showOnHub: 'Show on the hub',
  privacy: 'Show privacy settings',

  check: 'Check its files',
  checkWaits: 'its files are checked after those before it',
  checking: (percent: string) => `checking its files, ${percent}`,
  checkingName: (name: string) => `Checking the files of ${name}`,
  stopCheck: 'Stop',
  stopCheckOf: (name: string) => `Stop checking ${name}`,
  sound: 'Checked: every file is as it came.',
  soundOf: (name: string) => `${name} was checked: every file is as it came.`,
  broken: 'Not as it came:',
  brokenOf: (name: string, problems: readonly string[]) => `${name}: ${problems.join(' ')}`,
  checkFailed: 'Its files could not be checked:',
  checkCut: 'The check ended before every file was read.',
  downloadAgain: 'Download again',
  downloadAgainName: (name: string) => `Download again: ${name}`,
  again: 'It is being downloaded again and takes the place of this one when it has come whole.',
  goneFromHub: (name: string, repo: string) => `${repo} on the hub no longer has the files of ${name}.`,
  showModels: 'Show models',

  remove: 'Delete…',
  removeTitle: (name: string) => `Delete ${name}?`,
  removeText: (files: number, size: string) =>
    files === 1
      ? `Its file is deleted for good. That frees ${size}.`
      : `Its ${format.count(files)} files are deleted for good. That frees ${size}.`,
  removeLoaded: 'It is in memory and is unloaded first.',
  removeChats: 'Chats keep what they hold; another model can go on with them.',
  removeConfirm: 'Delete it',
  keep: 'Keep it',
  removing: 'being deleted',
  wasRemoved: (name: string, size: string) => `${name} was deleted · ${size} free again`,

  folders: 'Folders',
  foldersHint:
    'Inglenook looks here for GGUF files and folders with safetensors. Downloads go to its own folder; elsewhere it changes nothing, unless you delete a model from a folder that you added.',
  addFolder: 'Add folder…',
  add: 'Add',
  retry: 'Try again',
  rescan: 'Look again',
  looking: 'Looking…',
  lookingForModels: 'Looking for models…',
  rescanned: 'The folders were read again',
  forget: (path: string) => `Stop looking in ${path}`,
  forgotten: 'Inglenook does not look there any more. The files stay.',
  inFolder: (models: number, size: string) =>
    models === 0 ? 'no models' : `${format.counted(models, 'model')} · ${size}`,
  awayFolder: (models: number) =>
    models === 0
      ? 'not connected'
      : `not connected; its ${models === 1 ? 'model is' : `${format.count(models)} models are`} remembered`,
  ignoredFolder: 'left out',
  owners: {
    built_in: 'comes with Inglenook',
    own: 'Inglenook’s own',
    added: 'added by you',
    hugging_face: 'the Hugging Face cache',
    ollama: 'Ollama’s',
    lm_studio: 'LM Studio’s',
  } satisfies Record<FolderOwner, string>,
  useFolder: (path: string) => `Look in ${path}`,

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
    case 'away':
      return words.away;
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
