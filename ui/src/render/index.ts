// The only door to the render pipeline.

export { default as Code } from './Code.svelte';
export { copyText } from './copy';
export { default as Markdown } from './Markdown.svelte';
export { installPageActions } from './pageActions';
