// The keepers of this window: drafts and parameters, saved when the window goes away as well.

import type { Parameters } from '../../contract/bindings';
import { host } from '../../host';
import { Keeper } from './keeper';

export const drafts = new Keeper<string>(async (chat, text) => {
  await host.call('chat.saveDraft', { chat, text });
});

/** What is written for the chat that does not exist yet. */
export const newDraft = new Keeper<string>(async (_, text) => {
  await host.call('chat.saveNewDraft', { text });
});

export const parametersKept = new Keeper<Parameters>(async (chat, parameters) => {
  await host.call('chat.saveParameters', { chat, parameters });
});

/** Saves everything that is not saved yet. */
export async function flushKept(): Promise<void> {
  await Promise.all([drafts.flush(), newDraft.flush(), parametersKept.flush()]);
}

if (typeof document !== 'undefined') {
  // The window may be killed while it is hidden; nobody tells us then.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') void flushKept();
  });
  window.addEventListener('pagehide', () => void flushKept());
}
