// The door of this feature.
export { newChat, newTemporaryChat } from './actions';
export { default as Sidebar } from './Sidebar.svelte';
export { titleOf } from './words';
