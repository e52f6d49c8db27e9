// The keepers of this window: drafts and parameters, saved when the window goes away as well.

import { toastError } from '../../components/ui/toast';
import type { Parameters } from '../../contract/bindings';
import { host, HostError } from '../../host';
import { Keeper } from './keeper';

/** Nothing is lost yet, but would be if the window were closed now. */
function tell(thrown: unknown): void {
  const { info } = HostError.from(thrown);
  toastError({
    ...info,
    message: `${info.message} What you wrote or set is not saved yet; saving it is tried again.`,
  });
}

export const drafts = new Keeper<string>(async (chat, text) => {
  await host.call('chat.saveDraft', { chat, text });
}, tell);

/** What is written for the chat that does not exist yet. */
export const newDraft = new Keeper<string>(async (_, text) => {
  await host.call('chat.saveNewDraft', { text });
}, tell);

export const parametersKept = new Keeper<Parameters>(async (chat, parameters) => {
  await host.call('chat.saveParameters', { chat, parameters });
}, tell);

/** Saves everything that is not saved yet; resolves to whether it could be. */
export async function flushKept(): Promise<boolean> {
  const saved = await Promise.all([drafts.flush(), newDraft.flush(), parametersKept.flush()]);
  return saved.every(Boolean);
}

if (typeof document !== 'undefined') {
  // The window may be killed while it is hidden; nobody tells us then.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') void flushKept();
  });
  window.addEventListener('pagehide', () => void flushKept());
}
