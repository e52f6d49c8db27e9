// The door of this feature.
export { discover } from './discover.svelte';
export { default as DiscoverCard } from './DiscoverCard.svelte';
export { default as DiscoverList } from './DiscoverList.svelte';
