// The end of the first start: remembers that it was done, and opens what was chosen.

import type { Model } from '../../contract/bindings';
import { toastError } from '../../components/ui';
import { saveSettings } from '../../data';
import { HostError } from '../../host';
import { openChat } from '../../router';
import { newChat } from '../chat';

/** A new chat with this model; `null` leaves the choice for later. */
export async function beginWith(model: Model | null): Promise<void> {
  if (model) newChat.model = model.id;
  // Before the settings, for with them the start is over: somebody who then goes elsewhere must not be fetched back.
  openChat(null, { replace: true });
  try {
    await saveSettings({ welcomed: true, ...(model && { last_model: model.id }) });
  } catch (thrown) {
    toastError(HostError.from(thrown).info);
  }
}
