// The door of this feature.
export * from './words';
export { default as HardwareLine } from './HardwareLine.svelte';
