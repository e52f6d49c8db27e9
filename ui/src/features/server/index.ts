// The door of this feature; its page is loaded apart (src/pages.ts).
export { registerServerActions } from './actions';
