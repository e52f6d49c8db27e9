// What can be done with the server from anywhere.

import Power from '@lucide/svelte/icons/power';
import RadioTower from '@lucide/svelte/icons/radio-tower';

import { openServer } from '../../router';
import { registerAction } from '../palette';
import { switchFromAnywhere } from './switching.svelte';
import { words } from './words';

/** Makes the actions known; the returned function takes them back. `running` is `null` while nobody knows. */
export function registerServerActions(running: () => boolean | null): () => void {
  const undo = [
    registerAction({
      id: 'server.open',
      label: words.actions.open,
      keywords: ['api', 'openai', 'ollama', 'anthropic', 'tokens'],
      icon: RadioTower,
      run: openServer,
    }),
    registerAction({
      id: 'server.on',
      label: words.actions.on,
      keywords: ['api', 'start', 'local'],
      icon: Power,
      applies: () => running() === false,
      run: () => void switchFromAnywhere(true),
    }),
    registerAction({
      id: 'server.off',
      label: words.actions.off,
      keywords: ['api', 'stop', 'local'],
      icon: Power,
      applies: () => running() === true,
      run: () => void switchFromAnywhere(false),
    }),
  ];
  return () => {
    for (const take of undo) take();
  };
}
