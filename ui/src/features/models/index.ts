// The door of this feature; its page is loaded apart (src/pages.ts).
export { addFolder, chatWith, reveal, unload } from './actions';
export { useClock } from './clock.svelte';
export { default as ListState } from './ListState.svelte';
export { default as ModelPicker } from './ModelPicker.svelte';
export { runnable } from './order';
export { isAway } from './owners';
export { quantisationLine } from './quantisation';
export { parametersWords, stateWords, unloadWords } from './words';
