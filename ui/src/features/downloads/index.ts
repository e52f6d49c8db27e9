// The door of this feature. What is needed on every page, `finished.ts`, is imported by its file.
export { resume, pause } from './actions';
export { default as DownloadBar } from './DownloadBar.svelte';
export { default as DownloadsPage } from './DownloadsPage.svelte';
export { default as PauseButton } from './PauseButton.svelte';
export { fraction } from './states';
