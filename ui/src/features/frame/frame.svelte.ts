// How the window is laid out: the sidebar's width, and whether it is in sight. Where there is no room for it beside
// the page (under 900 px) it opens over the page.

import { PanelPlace } from '../../components/ui';

export const NARROWEST = 220;
export const WIDEST = 440;
const USUAL = 264;
const WIDTH = 'inglenook.sidebar.width';
const CLOSED = 'inglenook.sidebar.closed';
const NO_ROOM = '(max-width: 899.98px)';

function kept(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A window that keeps nothing begins with the usual layout.
  }
}

export function clampWidth(width: number): number {
  return Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));
}

class FrameLayout {
  width = $state(clampWidth(Number(kept(WIDTH)) || USUAL));
  readonly #sidebar = new PanelPlace(NO_ROOM, kept(CLOSED) !== 'yes', (shown) =>
    keep(CLOSED, shown ? 'no' : 'yes'),
  );

  /** There is no room for the sidebar beside the page. */
  get narrow(): boolean {
    return this.#sidebar.narrow;
  }

  get sidebarShown(): boolean {
    return this.#sidebar.open;
  }

  showSidebar(): void {
    if (!this.sidebarShown) this.toggleSidebar();
  }

  toggleSidebar(): void {
    this.#sidebar.toggle();
  }

  /** Takes the sidebar away from over the page; beside the page it stays. */
  closeOverlay(): void {
    this.#sidebar.closeOverlay();
  }

  resize(width: number): void {
    this.width = clampWidth(width);
  }

  keepWidth(): void {
    keep(WIDTH, String(this.width));
  }

  resetWidth(): void {
    this.width = USUAL;
    this.keepWidth();
  }
}

export const frame = new FrameLayout();
