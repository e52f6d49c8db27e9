// Pages that are not needed for the first paint come when they are asked for, or when the window has nothing to do.

// By their files: what else these features have is in the first part already, for the chat and the palette.
export const loadModelsPage = async () => (await import('./features/models/ModelsPage.svelte')).default;
export const loadServerPage = async () => (await import('./features/server/ServerPage.svelte')).default;
export const loadSettingsPage = async () => (await import('./features/settings')).SettingsPage;

const IDLE_MS = 2_000;

/** Fetches them ahead of the first click; what fails is told when the page is opened. */
export function prefetchPages(): () => void {
  const timer = setTimeout(() => {
    void Promise.allSettled([loadModelsPage(), loadServerPage(), loadSettingsPage()]);
  }, IDLE_MS);
  return () => clearTimeout(timer);
}
