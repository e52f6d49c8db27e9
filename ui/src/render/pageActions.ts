// Clicks inside rendered text. One set of listeners for the window: links go to the host and never navigate, copy
// buttons copy. Rendered HTML carries no handlers of its own.

import { copyText } from './copy';
import { safeLink } from './escape';

/** How long a copy button says that it has copied, milliseconds. */
const COPIED_FOR = 1_600;

/**
 * Takes over every link of the page. Routes of the application itself (`#/…` outside rendered text) stay as they are.
 * Returns what undoes it.
 */
export function installPageActions(page: Document, openLink: (url: string) => void): () => void {
  const linkOf = (event: Event): HTMLAnchorElement | null =>
    event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href]') : null;

  const isRoute = (link: HTMLAnchorElement): boolean =>
    link.getAttribute('href')?.startsWith('#') === true && link.closest('.markdown') === null;

  const follow = (event: MouseEvent): void => {
    const link = linkOf(event);
    if (!link || isRoute(link)) return;
    event.preventDefault();
    // The right button opens a menu; it follows nothing.
    if (event.button === 2) return;
    const address = safeLink(link.getAttribute('href') ?? '');
    if (address?.startsWith('#')) scrollToHeading(link, address.slice(1));
    else if (address !== null) openLink(address);
  };

  const copy = (event: MouseEvent): void => {
    const button = event.target instanceof Element ? event.target.closest('button[data-copy]') : null;
    const code = button?.closest('.code')?.querySelector('pre');
    if (!button || !code) return;
    void copyText(code.textContent ?? '').then((copied) => {
      if (!copied) return;
      button.setAttribute('data-copied', '');
      button.textContent = 'Copied';
      setTimeout(() => {
        button.removeAttribute('data-copied');
        button.textContent = 'Copy';
      }, COPIED_FOR);
    });
  };

  // A link dragged onto the window would be dropped as a navigation.
  const drag = (event: DragEvent): void => {
    const link = linkOf(event);
    if (link && !isRoute(link)) event.preventDefault();
  };

  const click = (event: MouseEvent): void => {
    follow(event);
    copy(event);
  };

  page.addEventListener('click', click, true);
  page.addEventListener('auxclick', follow, true);
  page.addEventListener('dragstart', drag, true);
  return () => {
    page.removeEventListener('click', click, true);
    page.removeEventListener('auxclick', follow, true);
    page.removeEventListener('dragstart', drag, true);
  };
}

/** `#some-heading` leads to the heading of that name in the same message, as it does on a code host. */
function scrollToHeading(link: Element, fragment: string): void {
  let name = fragment;
  try {
    name = decodeURIComponent(fragment);
  } catch {
    // Not encoded; taken as it is.
  }
  const slug = (text: string): string =>
    text
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s-]/gu, '')
      .replace(/\s/g, '-');
  for (const heading of link.closest('.markdown')?.querySelectorAll('h3, h4, h5, h6') ?? []) {
    if (slug(heading.textContent ?? '') === name.toLowerCase())
      return heading.scrollIntoView({ block: 'start' });
  }
}
