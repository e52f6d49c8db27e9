// What can be done about an answer that failed: what mends its kind, and asking again where that can help.

import type { ErrorCode, ErrorInfo, Model } from '../../contract/bindings';
import { errorTable, type MendingAction } from '../../data/errors';

/** Besides what the table of failures says, for an answer. */
const ALSO: Partial<Record<ErrorCode, MendingAction[]>> = {
  out_of_memory: ['choose_model'],
  engine_crashed: ['choose_model'],
  engine_failed: ['choose_model'],
};

/** Asking again fails the same way until something else is done. */
const HOPELESS = new Set<ErrorCode>(['processor_unsupported', 'store_too_new']);

/** Asking again fails the same way until a model is chosen that can run. */
const WITH_ANOTHER = new Set<ErrorCode>(['no_model', 'model_unsupported']);

/** The buttons, the likeliest help first; `model` would answer now. */
export function mendings(error: ErrorInfo, model: Model | null): MendingAction[] {
  const { code } = error;
  const { action } = errorTable[code];
  const all: MendingAction[] = [...(action ? [action] : []), ...(ALSO[code] ?? [])];
  if (WITH_ANOTHER.has(code)) return model?.unsupported === null ? ['retry', ...all] : all;
  if (!HOPELESS.has(code) && !all.includes('retry')) all.push('retry');
  return all;
}
