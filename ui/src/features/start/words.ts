// Every word of the first start.

import type { FolderOwner, PickClass } from '../../contract/bindings';
import { format } from '../../data';

export const words = {
  title: 'Talk to a model on your own machine.',
  promise: 'Everything runs here. No account, no telemetry; nothing you write leaves this computer.',

  picks: 'Models that fit this computer',
  classes: {
    small: 'Small and quick',
    balanced: 'Balanced',
    best: 'Best that fits',
  } satisfies Record<PickClass, string>,
  pickFacts: (size: string, licence: string) => `${size} · ${licence}`,
  download: 'Download and chat',
  downloadName: (name: string) => `Download and chat with ${name}`,
  startingShort: 'Starting…',
  starting: (name: string) => `Starting the download of ${name}…`,
  notStarted: (name: string) => `The download of ${name} could not begin`,
  noPicks: 'What fits this computer could not be told',
  nothingFits:
    'None of the models that Inglenook would suggest fits the memory of this computer. Pocket does, and so may a model that you have already.',

  pocketText: 'the tiny built-in model: answers at once, knows very little',
  pocketMissing: 'The built-in model is not where it should be. Add your own, or install Inglenook again.',
  pocketCannot: 'The built-in model cannot run on this computer.',
  tryPocket: (name: string) => `Try ${name} first`,

  ownChoose: 'I already have models on this computer…',
  ownConfirm: 'Look there',
  anotherFolder: 'Look in another folder…',

  /** Other programs, by what they are to a folder's owner. */
  programs: {
    ollama: 'Ollama',
    lm_studio: 'LM Studio',
    hugging_face: 'the Hugging Face cache',
  } satisfies Partial<Record<FolderOwner, string>>,
  both: (names: readonly string[]) => new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(names),
  found: (runnable: number, folder: string) =>
    runnable === 1 ? `1 model found in ${folder}` : `${format.count(runnable)} models found in ${folder}`,
  foundNone: (folder: string) => `No models found in ${folder}`,
  foundNoneHint:
    'Inglenook looks for files that end in .gguf and folders with safetensors and a config.json.',
  foundUnsupported: (models: number, folder: string) =>
    models === 1
      ? `1 model found in ${folder}, but it cannot run here`
      : `${format.count(models)} models found in ${folder}, but none of them can run here`,
  andMore: (models: number) => `and ${format.count(models)} more`,
  rejected: (files: number) => `${format.counted(files, 'file')} could not be read; Models says why.`,
  chatWith: (name: string) => `Chat with ${name}`,

  skip: 'Look around first',
  retry: 'Try again',
} as const;
