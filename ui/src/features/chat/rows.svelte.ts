// Which rows of a long chat exist in the page, and where. Wraps the virtualiser: rows are known by their place on the
// path, so the page can be anchored while messages above the eyes are read in and turn out higher than guessed.

import {
  createVirtualizer,
  defaultRangeExtractor,
  elementScroll,
  type Range,
} from '@tanstack/svelte-virtual';
import { get } from 'svelte/store';

import type { Message } from '../../contract/bindings';
import { guessHeight, heights, UNKNOWN_HEIGHT } from './heights';
import { messageAt, type Sight, type Slice } from './slice';
import type { Stick } from './stick';

export interface RowsParts {
  scroller: () => HTMLElement | null;
  stick: Stick;
  /** Room above the first row and below the last, pixels. */
  padding: { start: number; end: number };
}

/** Beyond any page: the first look is at the end. */
const THE_END = 1e9;

/** Rows kept beyond the screen; enough that Markdown is read before it comes into sight. */
const OVERSCAN = 6;

export class Rows {
  readonly store;
  #slice: Slice;
  #width = 0;
  #textSize = 15;
  /** The row with the focus stays in the page however far it is scrolled away. */
  #pinned: number | null = null;
  /** Rows in which something is being written stay as well. */
  #held: readonly number[] = [];

  constructor(parts: RowsParts, slice: Slice) {
    this.#slice = slice;
    this.store = createVirtualizer<HTMLElement, HTMLElement>({
      ...this.#options(),
      getScrollElement: parts.scroller,
      initialOffset: THE_END,
      overscan: OVERSCAN,
      paddingStart: parts.padding.start,
      paddingEnd: parts.padding.end,
      rangeExtractor: (range) => this.#range(range),
      scrollToFn: (offset, options, instance) => {
        parts.stick.wrote(offset + (options.adjustments ?? 0));
        elementScroll(offset, options, instance);
      },
      measureElement: (element) => {
        const height = element.offsetHeight;
        const message = messageAt(this.#slice, Number(element.dataset['index']));
        if (message && height > 0) heights.set(message.id, this.#width, height);
        return height;
      },
    });
  }

  #options(): {
    count: number;
    getItemKey: (index: number) => string | number;
    estimateSize: (index: number) => number;
  } {
    const slice = this.#slice;
    return {
      count: slice.total,
      getItemKey: (index) => messageAt(slice, index)?.id ?? index,
      estimateSize: (index) => this.#estimate(messageAt(slice, index)),
    };
  }

  #estimate(message: Message | undefined): number {
    if (!message) return UNKNOWN_HEIGHT;
    return heights.get(message.id, this.#width) ?? guessHeight(message, this.#width, this.#textSize);
  }

  #range(range: Range): number[] {
    const rows = new Set(defaultRangeExtractor(range));
    const kept = this.#pinned === null ? this.#held : [...this.#held, this.#pinned];
    for (const row of kept) if (row < range.count) rows.add(row);
    return [...rows].sort((one, other) => one - other);
  }

  /** Other messages, or another width. Returns where the page must be scrolled to so that nothing moves, or `null`. */
  update(slice: Slice, width: number, textSize: number): number | null {
    const instance = get(this.store);
    const resized = (width !== this.#width || textSize !== this.#textSize) && this.#width !== 0;
    const offset = instance.scrollOffset ?? 0;
    const anchor =
      offset === THE_END || this.#slice.total === 0 ? undefined : instance.getVirtualItemForOffset(offset);
    this.#slice = slice;
    this.#width = width;
    this.#textSize = textSize;
    if (resized) instance.measure();
    instance.setOptions(this.#options());
    if (!anchor || anchor.index >= slice.total) return null;
    const now = instance.measurementsCache[anchor.index];
    if (!now || now.start === anchor.start) return null;
    const target = Math.max(0, offset + now.start - anchor.start);
    // The virtualiser chooses rows by its own idea of the offset; the page follows after it is drawn.
    instance.scrollOffset = target;
    return target;
  }

  /** What is really on the screen, without the rows beyond it. */
  sight(): Sight | null {
    const range = get(this.store).range;
    return range ? { first: range.startIndex, last: range.endIndex } : null;
  }

  pin(index: number | null): void {
    this.#pinned = index;
  }

  hold(indices: readonly number[]): void {
    this.#held = indices;
  }

  /** Scrolls to this row if it is not in sight. */
  reveal(index: number): void {
    get(this.store).scrollToIndex(index, { align: 'auto' });
  }

  /** An attachment: this row's height counts from now on. */
  readonly measure = (node: HTMLElement): (() => void) => {
    get(this.store).measureElement(node);
    return () => queueMicrotask(() => get(this.store).measureElement(null));
  };
}
