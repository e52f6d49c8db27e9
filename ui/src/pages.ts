// Pages that are not needed for the first paint come when they are asked for, or when the window has nothing to do.

export const loadModelsPage = () => import('./features/models');
export const loadSettingsPage = () => import('./features/settings');

const IDLE_MS = 2_000;

/** Fetches them ahead of the first click; what fails is told when the page is opened. */
export function prefetchPages(): () => void {
  const timer = setTimeout(() => {
    void Promise.allSettled([loadModelsPage(), loadSettingsPage()]);
  }, IDLE_MS);
  return () => clearTimeout(timer);
}
