export { type ModelsTab, parseRoute, routeHash, type Route } from './route';
export { openChat, openModels, openSettings, openStart, router } from './router.svelte';
