// The only place where HTML enters the page: always through the purifier, and only where it differs from what stands
// there already.

import { morph } from './morph';
import { safeFragment } from './sanitise';

/** What stands in an element already: a page hands all blocks of a growing answer over whenever its last one grew. */
const standing = new WeakMap<Element, string>();

/** An attachment that keeps the element's content equal to `html`. */
export function place(html: string): (node: Element) => void {
  return (node) => {
    if (standing.get(node) === html) return;
    morph(node, safeFragment(html));
    standing.set(node, html);
  };
}

const placed = new WeakMap<Element, string[]>();

/** The same for a run of chunks, each in a span of its own: only chunks that changed are looked at. */
export function placeChunks(chunks: readonly string[]): (node: Element) => void {
  return (node) => {
    const before = placed.get(node) ?? [];
    while (node.childElementCount > chunks.length) node.lastElementChild?.remove();
    for (const [index, chunk] of chunks.entries()) {
      if (before[index] === chunk) continue;
      const span = node.children[index] ?? node.appendChild(document.createElement('span'));
      morph(span, safeFragment(chunk));
    }
    placed.set(node, [...chunks]);
  };
}

/**
 * What scrolls sideways must be reachable by keyboard; what does not should not be a stop on the way. Reads the
 * layout, so call it when that is done anyway.
 */
export function markScrollers(node: Element): void {
  for (const scroller of node.querySelectorAll('.table-scroll, pre')) {
    if (scroller.scrollWidth > scroller.clientWidth + 1) scroller.setAttribute('tabindex', '0');
    else scroller.removeAttribute('tabindex');
  }
}
