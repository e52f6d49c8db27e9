// Saves a part of the settings at once, and keeps what went wrong beside the field that was changed.

import type { ErrorInfo } from '../../contract/bindings';
import { saveSettings, type SettingsChange } from '../../data';
import { HostError } from '../../host';

export class Saving {
  /** Why the last change was not kept. */
  error = $state.raw<ErrorInfo | null>(null);

  async save(change: SettingsChange): Promise<void> {
    try {
      await saveSettings(change);
      this.error = null;
    } catch (thrown) {
      this.error = HostError.from(thrown).info;
    }
  }
}
