// What the window makes of each kind of failure: how loud, under which title, and what would mend it. The sentence
// itself comes from the host. A code without an entry does not compile.
import type { ErrorCode, ErrorInfo } from '../contract/bindings';

export type Severity = 'info' | 'warning' | 'error';

/** What a button beside the failure offers. */
export type MendingAction =
  | 'retry'
  | 'choose_model'
  | 'open_models'
  | 'lower_context'
  | 'open_storage'
  | 'open_privacy'
  | 'copy_details';

export interface KnownError {
  severity: Severity;
  title: string;
  action: MendingAction | null;
}

export const errorTable: Record<ErrorCode, KnownError> = {
  invalid_request: { severity: 'warning', title: 'This is not possible', action: null },
  not_found: { severity: 'warning', title: 'It is not here any more', action: null },
  busy: { severity: 'info', title: 'Not now', action: 'retry' },
  model_missing: { severity: 'error', title: 'The model file is gone', action: 'choose_model' },
  model_unsupported: { severity: 'error', title: 'This model cannot run here', action: 'choose_model' },
  model_damaged: { severity: 'error', title: 'The model file is damaged', action: 'open_models' },
  out_of_memory: { severity: 'error', title: 'Not enough memory', action: 'lower_context' },
  no_model: { severity: 'warning', title: 'No model is chosen', action: 'choose_model' },
  engine_missing: { severity: 'error', title: 'The engine could not be started', action: 'copy_details' },
  processor_unsupported: {
    severity: 'error',
    title: 'This processor is too old for the engine',
    action: 'copy_details',
  },
  engine_crashed: { severity: 'error', title: 'The engine stopped in the middle', action: 'retry' },
  engine_failed: { severity: 'error', title: 'The engine could not go on', action: 'retry' },
  context_full: { severity: 'warning', title: 'The context is full', action: 'lower_context' },
  template_failed: {
    severity: 'error',
    title: 'The model refused this conversation',
    action: 'choose_model',
  },
  cancelled: { severity: 'info', title: 'Stopped', action: null },
  store_failed: { severity: 'error', title: 'The chats could not be read or written', action: 'retry' },
  store_damaged: { severity: 'error', title: 'The file with the chats is damaged', action: 'open_storage' },
  store_too_new: {
    severity: 'error',
    title: 'The chats were written by a newer Inglenook',
    action: 'open_storage',
  },
  disk_full: { severity: 'error', title: 'The disk is full', action: 'open_storage' },
  permission_denied: { severity: 'error', title: 'Access was denied', action: 'retry' },
  network_off: { severity: 'info', title: 'This is switched off', action: 'open_privacy' },
  unreachable: { severity: 'warning', title: 'Nobody answers there', action: 'retry' },
  rate_limited: { severity: 'info', title: 'The hub asks for a pause', action: 'retry' },
  access_needed: { severity: 'warning', title: 'The hub wants to know who asks', action: 'open_privacy' },
  hub_failed: { severity: 'warning', title: 'The hub could not answer', action: 'retry' },
  download_damaged: { severity: 'error', title: 'The download arrived damaged', action: 'retry' },
  unavailable: { severity: 'info', title: 'Not available here', action: null },
  internal: { severity: 'error', title: 'Inglenook made a mistake', action: 'copy_details' },
};

/** What the button says. */
export const actionLabels: Record<MendingAction, string> = {
  retry: 'Try again',
  choose_model: 'Choose another model',
  open_models: 'Show models',
  lower_context: 'Change the context length',
  open_storage: 'Show storage settings',
  open_privacy: 'Show privacy settings',
  copy_details: 'Copy the details',
};

/** The failure for a bug report: everything that is known. */
export function describeError(error: ErrorInfo): string {
  return [`${error.code}: ${error.message}`, error.detail].filter(Boolean).join('\n');
}
