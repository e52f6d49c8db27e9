// A word to the person that goes away by itself. Failures stay longer, because they have to be read.
import { toast as sonner } from 'svelte-sonner';

import type { ErrorInfo } from '../../contract/bindings';
import { errorTable } from '../../data/errors';

export interface ToastOptions {
  description?: string;
  /** A button on it, for example Undo. */
  action?: { label: string; onClick: () => void };
}

const SHORT = 4_000;
/** Long enough to read the words and reach the button. */
const LONG = 8_000;

/** Something was done. */
export function toast(title: string, options: ToastOptions = {}): void {
  sonner(title, { ...options, duration: options.action ? LONG : SHORT });
}

/** Something was done that can be taken back. */
export function toastUndo(title: string, undo: () => void): void {
  toast(title, { action: { label: 'Undo', onClick: undo } });
}

/** Something failed, in the words of the host. */
export function toastError(error: ErrorInfo, action?: ToastOptions['action']): void {
  const { title, severity } = errorTable[error.code];
  const options = { description: error.message, duration: LONG, ...(action && { action }) };
  if (severity === 'error') sonner.error(title, options);
  else sonner.warning(title, options);
}
