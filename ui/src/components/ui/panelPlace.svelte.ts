// Where a panel lies: beside the page, in sight or not as the person left it; or, where there is no room for that,
// over the page, where it is never open by itself.

export class PanelPlace {
  /** There is no room for it beside the page. */
  narrow = $state(false);
  #beside = $state(false);
  #over = $state(false);
  readonly #keep: (beside: boolean) => void;

  /** `noRoom` is the media query that tells; `keep` remembers whether it is in sight beside the page. */
  constructor(noRoom: string, beside: boolean, keep: (beside: boolean) => void) {
    this.#beside = beside;
    this.#keep = keep;
    const query = globalThis.matchMedia?.(noRoom);
    if (!query) return;
    this.narrow = query.matches;
    query.addEventListener('change', () => {
      this.narrow = query.matches;
      this.#over = false;
    });
  }

  get open(): boolean {
    return this.narrow ? this.#over : this.#beside;
  }

  toggle(): void {
    if (this.narrow) {
      this.#over = !this.#over;
      return;
    }
    this.#beside = !this.#beside;
    this.#keep(this.#beside);
  }

  /** Takes it away from over the page; beside the page it stays. */
  closeOverlay(): void {
    this.#over = false;
  }
}
