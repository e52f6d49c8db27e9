// The knobs of a chat as the form shows them: ranges as the contract documents them, and what is set, what is default.

import type { KvCache, Parameter, Parameters } from '../../contract/bindings';
import { UNSET } from '../../contract/unset';

/** A knob whose value is a number. */
export type NumberKey = Exclude<Parameter, 'stop' | 'thinking' | 'kv_cache'>;

export interface NumberKnob {
  key: NumberKey;
  min: number;
  max: number;
  /** Of the slider; what is typed may be finer. */
  step: number;
  whole: boolean;
  /** Where the slider stands while nobody has said anything: the value that does nothing. */
  neutral: number;
  /** Folded away under "More". */
  advanced: boolean;
}

/** Most of a token count and of a seed: 32 bits. */
export const MOST_U32 = 4_294_967_295;
export const MOST_STOPS = 8;
export const LONGEST_STOP = 200;
/** Fewer tokens than this hold no conversation. */
export const SMALLEST_CONTEXT = 256;
/** The first is what holds where nobody says anything. */
export const KV_CACHES = ['f16', 'q8_0'] as const satisfies readonly KvCache[];

const KNOBS: readonly NumberKnob[] = [
  { key: 'temperature', min: 0, max: 2, step: 0.05, whole: false, neutral: 1, advanced: false },
  { key: 'max_tokens', min: 1, max: MOST_U32, step: 1, whole: true, neutral: MOST_U32, advanced: false },
  { key: 'top_p', min: 0, max: 1, step: 0.01, whole: false, neutral: 1, advanced: false },
  {
    key: 'context_length',
    min: SMALLEST_CONTEXT,
    max: MOST_U32,
    step: 1,
    whole: true,
    neutral: 4096,
    advanced: false,
  },
  { key: 'top_k', min: 0, max: 1000, step: 1, whole: true, neutral: 0, advanced: true },
  { key: 'min_p', min: 0, max: 1, step: 0.01, whole: false, neutral: 0, advanced: true },
  { key: 'repeat_penalty', min: 0.5, max: 2, step: 0.01, whole: false, neutral: 1, advanced: true },
  { key: 'presence_penalty', min: -2, max: 2, step: 0.05, whole: false, neutral: 0, advanced: true },
  { key: 'frequency_penalty', min: -2, max: 2, step: 0.05, whole: false, neutral: 0, advanced: true },
  { key: 'seed', min: 0, max: MOST_U32, step: 1, whole: true, neutral: 0, advanced: true },
];

/** The number knobs that the engine takes, in the order of the form. A context ends where the model's does. */
export function knobsFor(takes: readonly Parameter[], maxContext: number | null): NumberKnob[] {
  return KNOBS.filter(({ key }) => takes.includes(key)).map((knob) =>
    knob.key === 'context_length' && maxContext !== null
      ? { ...knob, max: Math.max(maxContext, knob.min) }
      : knob,
  );
}

/** Whether this chat says something of its own about the knob. */
export function isSet(parameters: Parameters, key: keyof Parameters): boolean {
  const value = parameters[key];
  if (typeof value === 'string') return value !== '';
  if (Array.isArray(value)) return value.length > 0;
  return value !== null;
}

/** What holds: the chat's own, else the default; `null` where neither says anything. */
export function effective<Key extends keyof Parameters>(
  parameters: Parameters,
  defaults: Parameters,
  key: Key,
): Parameters[Key] {
  return isSet(parameters, key) ? parameters[key] : defaults[key];
}

/** The parameters with the knob back at its default. */
export function withoutKnob(parameters: Parameters, key: keyof Parameters): Parameters {
  return { ...parameters, [key]: UNSET[key] };
}

/** How many knobs are set here, among those that are shown. */
export function countSet(parameters: Parameters, takes: readonly Parameter[]): number {
  const keys: (keyof Parameters)[] = ['system_prompt', ...takes];
  return keys.filter((key) => isSet(parameters, key)).length;
}
