// What can be done about an answer that failed: what mends its kind, and asking again where that can help.

import type { ErrorCode, ErrorInfo } from '../../contract/bindings';
import { errorTable, type MendingAction } from '../../data/errors';

/** Besides what the table of failures says, for an answer. */
const ALSO: Partial<Record<ErrorCode, MendingAction[]>> = {
  out_of_memory: ['choose_model'],
  engine_crashed: ['choose_model'],
  engine_failed: ['choose_model'],
};

/** Asking again fails the same way until something else is done. */
const HOPELESS = new Set<ErrorCode>([
  'no_model',
  'model_unsupported',
  'processor_unsupported',
  'store_too_new',
]);

/** The buttons, the likeliest help first. */
export function mendings(error: ErrorInfo): MendingAction[] {
  const { action } = errorTable[error.code];
  const all: MendingAction[] = [...(action ? [action] : []), ...(ALSO[error.code] ?? [])];
  if (!HOPELESS.has(error.code) && !all.includes('retry')) all.push('retry');
  return all;
}
