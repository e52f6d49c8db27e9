// Every word of the first start.

import { format } from '../../data';

export const words = {
  title: 'Talk to a model on your own machine.',
  promise: 'Everything runs here. No account, no telemetry; nothing you write leaves this computer.',

  pocketKind: 'Built in',
  pocketText: 'Answers at once and knows very little: good for a first look.',
  pocketMissing: 'The built-in model is not where it should be. Add your own, or install Inglenook again.',
  pocketCannot: 'The built-in model cannot run on this computer.',
  looking: 'Looking for it…',
  tryPocket: (name: string) => `Try ${name}`,
  pocketFacts: (size: string, weights: string | null) =>
    weights === null ? `${size} · nothing to download` : `${weights} weights · ${size} · nothing to download`,

  ownKind: 'Your own',
  ownTitle: 'Models you have already',
  ownText: 'GGUF files, or folders with safetensors, from another program or a download.',
  ownFacts: 'Read where they lie, never copied or changed',
  ownChoose: 'I already have models on this computer…',
  ownConfirm: 'Look there',
  anotherFolder: 'Look in another folder…',

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
  choices: 'How to begin',
} as const;
