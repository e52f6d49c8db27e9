// What stands in a menu, whichever way it was opened.
import type { Component } from 'svelte';

export interface MenuItem {
  label: string;
  icon?: Component<{ size?: number; 'aria-hidden'?: 'true' }>;
  shortcut?: string;
  danger?: boolean;
  disabled?: boolean;
  /** A mark at its end: it is on, or chosen. */
  checked?: boolean;
  onSelect: () => void;
}

export type MenuEntry = MenuItem | 'separator';
