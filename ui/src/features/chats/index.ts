// The door of this feature.
export { newChat, newTemporaryChat } from './actions';
export { registerChatsActions } from './finding.svelte';
export { default as Sidebar } from './Sidebar.svelte';
export { titleOf } from './words';
