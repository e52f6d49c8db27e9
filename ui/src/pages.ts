// Pages that are not needed for the first paint come when they are asked for, or when the window has nothing to do.

// By its file: the index of the models is in the first part already, for the picker above the chat.
export const loadModelsPage = async () => (await import('./features/models/ModelsPage.svelte')).default;
export const loadSettingsPage = async () => (await import('./features/settings')).SettingsPage;

const IDLE_MS = 2_000;

/** Fetches them ahead of the first click; what fails is told when the page is opened. */
export function prefetchPages(): () => void {
  const timer = setTimeout(() => {
    void Promise.allSettled([loadModelsPage(), loadSettingsPage()]);
  }, IDLE_MS);
  return () => clearTimeout(timer);
}
