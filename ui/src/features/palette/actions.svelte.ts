// What can be done from anywhere: features register it here, the palette lists it, and its shortcut works.
import { untrack, type Component } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';

import { matchesShortcut } from '../../components/ui';

export interface Action {
  /** Unique: `chat.new`. */
  id: string;
  label: string;
  /** "Mod+N". */
  shortcut?: string;
  /** Other words it is found by. */
  keywords?: string[];
  icon?: Component<{ size?: number; 'aria-hidden'?: 'true' }>;
  /** Whether it would do something now; without it, always. What does not is not offered. */
  applies?: () => boolean;
  run: () => void;
}

const registered = new SvelteMap<string, Action>();

/** Makes it known until the returned function is called; a component does that when it goes. */
export function registerAction(action: Action): () => void {
  // Registering is done in effects, which must not run again because another action came.
  untrack(() => registered.set(action.id, action));
  return () => {
    if (registered.get(action.id) === action) registered.delete(action.id);
  };
}

const applies = (action: Action) => action.applies?.() ?? true;

/** Those that would do something now. */
export function allActions(): Action[] {
  return [...registered.values()].filter(applies);
}

/**
 * Runs the action whose shortcut this is; whoever handled the key before has the right of way. One that does not apply
 * takes its key all the same: a browser would do something of its own with it, load the page anew for one.
 */
export function runShortcut(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing || event.repeat) return false;
  for (const action of registered.values()) {
    if (action.shortcut && matchesShortcut(event, action.shortcut)) {
      event.preventDefault();
      if (applies(action)) action.run();
      return true;
    }
  }
  return false;
}
