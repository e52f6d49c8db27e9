// The window around the pages.
export { default as FileDrop } from './FileDrop.svelte';
export { frame } from './frame.svelte';
export { default as Frame } from './Frame.svelte';
export { default as StartupError } from './StartupError.svelte';
