// The door of this feature; its page is loaded apart (src/pages.ts).
export { addFolder, chatWith } from './actions';
export { default as ListState } from './ListState.svelte';
export { default as ModelPicker } from './ModelPicker.svelte';
export { runnable } from './order';
export { parametersWords } from './words';
