// Whether the newest words stay in sight while an answer grows. A scroll event says where the page is, not who moved
// it; so each write of ours is remembered, and an event at that very position is ours. Timers would guess, and would
// guess wrong on a slow machine.

/** So close to the end that the person means the end, pixels. */
const NEAR = 48;

/** Browsers round what they are told. */
const ROUNDING = 1.5;

export class Stick {
  #following = true;
  #expected: number | null = null;
  #top = 0;
  #max = 0;

  /** The newest words are kept in sight. */
  get following(): boolean {
    return this.#following;
  }

  /** From now on, until the person scrolls up. */
  follow(): void {
    this.#following = true;
  }

  /** Something above is wanted in sight, by the person or for them. */
  release(): void {
    this.#following = false;
  }

  /** We moved the page to `top`. */
  wrote(top: number): void {
    this.#expected = top;
  }

  /** The page is at `top` of at most `max`, pixels. Returns whether following changed. */
  scrolled(top: number, max: number): boolean {
    const before = this.#following;
    const ours = this.#expected !== null && Math.abs(top - this.#expected) <= ROUNDING;
    // What got shorter is moved up by the browser, not by the person.
    const clamped = max < this.#max && top >= max - ROUNDING;
    this.#expected = null;
    if (!ours && !clamped) {
      if (top < this.#top - 0.5) this.#following = max <= 0;
      else if (max - top <= NEAR) this.#following = true;
    }
    this.#top = top;
    this.#max = max;
    return this.#following !== before;
  }
}
