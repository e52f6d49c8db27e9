// Every action by name and by shortcut.
export { allActions, registerAction, runShortcut, type Action } from './actions.svelte';
export { registerBuiltIn } from './builtIn';
export { default as Palette } from './Palette.svelte';
export { palette } from './palette.svelte';
