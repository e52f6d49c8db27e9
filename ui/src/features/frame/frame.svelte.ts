// How the window is laid out: the sidebar's width, and whether it is in sight. Where there is no room for it beside
// the page (under 900 px) it opens over the page.

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
  /** There is no room for the sidebar beside the page. */
  narrow = $state(false);
  #closed = $state(kept(CLOSED) === 'yes');
  #over = $state(false);

  constructor() {
    const query = globalThis.matchMedia?.(NO_ROOM);
    if (!query) return;
    this.narrow = query.matches;
    query.addEventListener('change', () => {
      this.narrow = query.matches;
      this.#over = false;
    });
  }

  get sidebarShown(): boolean {
    return this.narrow ? this.#over : !this.#closed;
  }

  showSidebar(): void {
    if (!this.sidebarShown) this.toggleSidebar();
  }

  toggleSidebar(): void {
    if (this.narrow) {
      this.#over = !this.#over;
      return;
    }
    this.#closed = !this.#closed;
    keep(CLOSED, this.#closed ? 'yes' : 'no');
  }

  /** Takes the sidebar away from over the page; beside the page it stays. */
  closeOverlay(): void {
    this.#over = false;
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
