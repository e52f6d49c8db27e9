// The only door to the chat.

export { default as ChatView } from './ChatView.svelte';
export { newChat } from './newChat.svelte';
