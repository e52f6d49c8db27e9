// The door of this feature.
export { default as SettingsPage } from './SettingsPage.svelte';
