// The keyboard's place in a row, where what was pressed is gone with what it did.

import { tick } from 'svelte';

/** Once the row has changed: the first button or link of this part has the focus, else the menu of the row. */
export async function goOnIn(part: HTMLElement | undefined, row: Element | null | undefined): Promise<void> {
  await tick();
  // Whoever went on elsewhere meanwhile stays there.
  if (document.activeElement !== document.body && document.activeElement !== null) return;
  const next =
    part?.querySelector<HTMLElement>('button:not(:disabled), a') ??
    row?.querySelector<HTMLElement>('[data-more]');
  next?.focus();
}
