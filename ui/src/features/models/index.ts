// The door of this feature.
export { addFolder } from './actions';
export { default as ModelPicker } from './ModelPicker.svelte';
export { default as ModelsPage } from './ModelsPage.svelte';
export { runnable } from './order';
export { parametersWords } from './words';
