export { type ModelsTab, parseRoute, routeHash, type Route } from './route';
export { openChat, openModels, openServer, openSettings, openStart, router } from './router.svelte';
