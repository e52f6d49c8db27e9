import { createRawSnippet, mount, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';

import Menu from './Menu.svelte';

/** A menu takes its time on a machine that does other things too. */
const soon = <Seen>(look: () => Seen | Promise<Seen>) => vi.waitFor(look, 4_500);
const entries = () => [...document.querySelectorAll<HTMLElement>('[role="menuitem"]')];
const press = (key: string) =>
  document.activeElement?.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }),
  );

let shown: Record<string, unknown>;

afterEach(() => unmount(shown));

it('an entry that does nothing says why, to the keyboard too, and stays', async () => {
  Element.prototype.scrollIntoView = () => {};
  const remove = vi.fn();
  const trigger = createRawSnippet<[{ props: Record<string, unknown> }]>(() => ({
    render: () => '<button>More</button>',
  }));
  shown = mount(Menu, {
    target: document.body,
    props: {
      open: true,
      trigger,
      items: [
        { label: 'Copy path', onSelect: () => {} },
        { label: 'Delete…', why: 'It ships with Inglenook.', onSelect: remove },
      ],
    },
  });
  await soon(() => expect(entries()).toHaveLength(2));
  const entry = entries()[1];
  expect(entry?.ariaDisabled ?? entry?.getAttribute('aria-disabled')).toBe('true');
  expect(entry?.textContent).toContain('It ships with Inglenook.');
  entries()[0]?.focus();
  press('ArrowDown');
  await soon(() => expect(document.activeElement).toBe(entry));
  press('Enter');
  entry?.click();
  expect(remove).not.toHaveBeenCalled();
  expect(entries(), 'what was pressed can be read').toHaveLength(2);
});
