// What stands in a menu, whichever way it was opened.
import type { Component } from 'svelte';

export interface MenuItem {
  label: string;
  icon?: Component<{ size?: number; 'aria-hidden'?: 'true' }>;
  shortcut?: string;
  danger?: boolean;
  disabled?: boolean;
  /** Why it does nothing now. It says so below its words and can be reached all the same, so that everybody reads it. */
  why?: string | null;
  /** A mark at its end: it is on, or chosen. */
  checked?: boolean;
  onSelect: () => void;
}

export type MenuEntry = MenuItem | 'separator';
