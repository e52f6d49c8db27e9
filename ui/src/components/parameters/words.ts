// Every word of the parameter form.

import type { KvCache } from '../../contract/bindings';
import type { NumberKey } from './knobs';

const count = new Intl.NumberFormat();

interface KnobWords {
  label: string;
  hint: string;
}

export const words = {
  systemPrompt: 'System prompt',
  systemPromptHint: 'What the model should know and how it should answer, before the conversation begins.',
  noSystemPrompt: 'None. The model answers as it was made.',
  knobs: {
    temperature: { label: 'Temperature', hint: 'How freely words are chosen. 0 always takes the likeliest.' },
    max_tokens: {
      label: 'Answer length',
      hint: 'Most tokens in one answer. A token is about three quarters of a word.',
    },
    top_p: {
      label: 'Top-p',
      hint: 'Only the likeliest words that together reach this share are considered.',
    },
    context_length: {
      label: 'Context length',
      hint: 'How many tokens of the conversation the model sees. More needs more memory; the model is loaded again.',
    },
    top_k: { label: 'Top-k', hint: 'Only this many of the likeliest words are considered. 0 turns it off.' },
    min_p: {
      label: 'Min-p',
      hint: 'Only words at least this likely, compared with the likeliest, are considered.',
    },
    repeat_penalty: {
      label: 'Repeat penalty',
      hint: 'Makes words that stand in the text already less likely. 1 turns it off.',
    },
    presence_penalty: {
      label: 'Presence penalty',
      hint: 'Above 0, the answer moves on to new words. 0 turns it off.',
    },
    frequency_penalty: {
      label: 'Frequency penalty',
      hint: 'Above 0, a word becomes less likely each time it is used. 0 turns it off.',
    },
    seed: { label: 'Seed', hint: 'The same seed and the same conversation give the same answer.' },
  } satisfies Record<NumberKey, KnobWords>,
  stop: 'Stop at',
  stopHint: 'The answer ends before any of these texts. Write \\n for a line break.',
  stopExample: 'A text, then Enter',
  removeStop: (stop: string) => `Remove “${stop}”`,
  thinking: 'Think first',
  thinkingHint: 'Let the model reason before it answers.',
  kvCache: 'KV cache',
  kvCacheHint:
    'How exactly the model keeps what it has read. 8 bits leave room for twice the context, and hardly any answer changes; the model is loaded again.',
  kvCaches: { f16: '16 bits', q8_0: '8 bits (half the memory)' } satisfies Record<KvCache, string>,

  more: 'More',
  moreSet: (set: number) => `${set} set`,
  default: 'default',
  reset: (label: string) => `Reset ${label} to the default`,
  resetAll: 'Reset all',
  noneSet: 'All at their defaults',
  someSet: (set: number) => (set === 1 ? '1 set here' : `${set} set here`),
  noLimit: 'no limit',
  automatic: 'automatic',
  random: 'random',
  modelsOwn: 'the model’s own',
  drawSeed: 'Draw a seed',
  upTo: (tokens: number) => `This model holds up to ${count.format(tokens)} tokens.`,

  notANumber: 'This is not a number.',
  notWhole: 'This must be a whole number.',
  outOfRange: (min: number, max: number) => `From ${count.format(min)} to ${count.format(max)}.`,
  tooManyStops: 'There can be eight at most. Remove one first.',
  stopTooLong: 'A text to stop at can have 200 characters at most.',
} as const;
