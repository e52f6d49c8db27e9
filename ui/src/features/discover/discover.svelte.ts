// What is searched for on the hub and which model is open: kept while other pages are shown.
import type { HubFormat, HubRepoRef, HubSort, SizeClass } from '../../contract/bindings';
import type { SearchedFor } from '../../data';

/** What narrows a search. */
export interface Filters {
  fits: boolean;
  format: HubFormat | null;
  free_licence: boolean;
  vision: boolean;
  tools: boolean;
  size: SizeClass | null;
}

export const NO_FILTERS: Filters = {
  fits: false,
  format: null,
  free_licence: false,
  vision: false,
  tools: false,
  size: null,
};

/** Between letters of a word that is being typed, milliseconds: every search asks the hub. */
const PAUSE_MS = 300;

/** Under this there is room for the list or the card, not for both. */
const NARROW = '(max-width: 899.98px)';

export class Discover {
  /** What stands in the field. */
  typed = $state('');
  /** What is searched for. */
  words = $state('');
  filters = $state.raw<Filters>({ ...NO_FILTERS, fits: true });
  sort = $state<HubSort>('trending');
  /** What the person opened. */
  chosen = $state.raw<HubRepoRef | null>(null);
  /** The repository at the head of the list. */
  first = $state<string | null>(null);
  /** There is room for one of list and card; then this says whether it is the card. */
  cardOpen = $state(false);
  narrow = $state(false);

  #timer: ReturnType<typeof setTimeout> | undefined;
  #settled = '';

  constructor() {
    const query = globalThis.matchMedia?.(NARROW);
    if (!query) return;
    this.narrow = query.matches;
    query.addEventListener('change', () => (this.narrow = query.matches));
  }

  readonly search = $derived<SearchedFor>({ words: this.words, sort: this.sort, ...this.filters });

  /** Anything narrows the search. */
  readonly filtered = $derived(
    Object.values(this.filters).some((value) => value !== null && value !== false),
  );

  /** The repository whose card is shown; where there is room, the first one until another is chosen. */
  readonly shown = $derived.by<HubRepoRef | null>(() => {
    if (this.chosen) return this.chosen;
    return this.first === null || this.narrow ? null : { repo: this.first, revision: null, item: null };
  });

  /** Letters in the field: searched for after a short pause. */
  type(text: string): void {
    this.typed = text;
    clearTimeout(this.#timer);
    const words = text.trim();
    if (words === '') this.words = '';
    else this.#timer = setTimeout(() => (this.words = words), PAUSE_MS);
  }

  /** Searches for what stands in the field without waiting. */
  searchNow(): void {
    clearTimeout(this.#timer);
    this.words = this.typed.trim();
  }

  filter(change: Partial<Filters>): void {
    this.filters = { ...this.filters, ...change };
  }

  /** Opens a card. */
  open(repo: HubRepoRef): void {
    this.chosen = repo;
    this.cardOpen = true;
  }

  /** Back to the list, where there is no room for both. */
  back(): void {
    this.cardOpen = false;
  }

  /**
   * The rows of a search are here. Those of new words open with their first, or with the very repository that was
   * named; what was open before stays until then.
   */
  settle(words: string, first: string | null, exact: HubRepoRef | null): void {
    this.first = first;
    if (words === this.#settled) return;
    this.#settled = words;
    if (exact) this.open(exact);
    else this.chosen = null;
  }
}

export const discover = new Discover();
