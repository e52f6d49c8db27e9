// Every word of discovering models.
import type {
  HubFormat,
  HubRow,
  HubSort,
  PickClass,
  Recommendation,
  SizeClass,
} from '../../contract/bindings';
import { format } from '../../data';
import { LOCALE_OF_WORDS } from '../../words/language';

export const words = {
  search: 'Search models on the hub',
  searchHint: 'Name, user/repository or link',
  clear: 'Clear the search',
  results: 'Models',
  recommended: 'Recommended for this machine',
  popular: 'Popular on the hub',
  found: (models: number) => format.counted(models, 'model'),
  none: (search: string) =>
    search === '' ? 'No model passes these filters' : `Nothing found for “${search}”`,
  noneHint: 'Try fewer or other words, or paste the link of a model.',
  noneFiltered: 'The filters may leave it out.',
  withoutFilters: 'Search without filters',
  further: 'Look further',
  furtherHint: 'The last pages held nothing that passes the filters.',
  loading: 'Asking the hub…',
  retry: 'Try again',
  tries: (wait: string) => `Tries again in ${wait}`,
  privacy: 'Show privacy settings',

  filters: 'Filters',
  fits: 'Fits my machine',
  free: 'Free licence',
  vision: 'Vision',
  tools: 'Tools',
  anyFormat: 'Any format',
  formatChip: 'Format',
  formatLabel: (chosen: string) => `Format: ${chosen}`,
  anySize: 'Any size',
  sizeChip: 'Size',
  sizeLabel: (chosen: string) => `Size: ${chosen}`,
  sortLabel: (chosen: string) => `Order: ${chosen}`,
  formats: {
    gguf: 'GGUF',
    safetensors: 'Safetensors',
    uqff: 'UQFF',
    gptq: 'GPTQ',
    awq: 'AWQ',
  } satisfies Record<HubFormat, string>,
  sizes: {
    small: 'Up to 3 B',
    medium: '3 to 9 B',
    large: '9 to 35 B',
    huge: 'Over 35 B',
  } satisfies Record<SizeClass, string>,
  sorts: {
    trending: 'Trending',
    downloads: 'Most downloads',
    likes: 'Most liked',
    updated: 'Last changed',
  } satisfies Record<HubSort, string>,
  classes: { small: 'Small and quick', balanced: 'Balanced', best: 'Best that fits' } satisfies Record<
    PickClass,
    string
  >,
  gated: 'Terms to accept',

  back: 'Back to the list',
  nothingOpen: 'Choose a model',
  nothingOpenHint: 'Its card says what it is good at, what its licence asks, and how it fits this machine.',
  cardOf: (name: string) => `Card of ${name}`,
  modelCard: 'Model card',
  weights: (parameters: string) => `${parameters} parameters`,
  context: (tokens: number) => `context ${format.count(tokens)}`,
  updated: (when: string) => `updated ${when}`,
  licence: 'Licence',
  asks: 'What it asks of you',
  licenceText: 'Read the licence',
  goodAt: 'Good at',
  machine: 'Your machine',
  freeOf: (memory: string) => `of ${memory} free`,
  cores: (cores: number) => format.counted(cores, 'core'),

  gatedTitle: 'Its makers ask you to accept their terms first',
  gatedText: 'Accept them on its page on the hub, with the account whose token is kept here. Then download.',
  tokenTitle: 'Its makers ask you to accept their terms, and the hub wants to know who you are',
  tokenText:
    'Accept the terms on its page on the hub, make a token there that may read, and set it under Settings, Privacy.',
  openPage: 'Open its page',
  setToken: 'Set a token',

  files: 'Files',
  noFiles: 'There is no file here that could be downloaded.',
  columns: { file: 'File', size: 'Size', fit: 'On your machine', action: 'Download' },
  recommendedFile: 'Recommended',
  linked: 'From your link',
  partsCount: (files: number) => format.counted(files, 'file'),
  calculating: 'Reading the head of the file…',
  fitsFailed: 'How its files fit could not be told.',
  details: 'Details',
  detailsOf: (name: string) => `How ${name} was reckoned`,
  resident: (tokens: number) => `In memory, with ${format.count(tokens)} tokens of context`,
  whileLoading: 'At most, while it loads',
  perThousand: 'For every 1,024 tokens of context',
  longest: 'Longest context that fits',
  engine: 'Engine',
  tokens: (tokens: number) => `${format.count(tokens)} tokens`,
  learnt: (loads: number) =>
    loads === 0
      ? 'Reckoned from the head of the file; no load on this machine has corrected it yet.'
      : `Corrected by ${format.counted(loads, 'load')} on this machine.`,

  download: 'Download',
  downloadName: (name: string) => `Download ${name}`,
  starting: 'Starting…',
  anyway: 'Download anyway',
  anywayName: (name: string) => `Download ${name} anyway`,
  anywayTooLarge: 'It does not fit into the memory of this machine. It can be kept here, but not be run.',
  anywayNoEngine: 'No engine here runs it. It can be kept here, but not be run.',
  unread: 'no engine here reads this format',
  chat: 'Chat',
  chatWith: (name: string) => `Chat with ${name}`,
  onItsWay: (name: string) => `Download of ${name}`,

  readme: 'About this model',
  showAll: 'Show all',
  showLess: 'Show less',
} as const;

/** "Qwen · 1.2 M downloads · ♥ 812". */
export function rowLine({ publisher, downloads, likes }: HubRow): string {
  return `${publisher} · ${format.many(downloads)} downloads · ♥ ${format.many(likes)}`;
}

/** What a row is, in a word each: how it is stored, under which licence, what it can do. */
export function badges(row: HubRow): string[] {
  return [
    ...row.formats.map((each) => words.formats[each]),
    row.licence,
    row.tools ? words.tools : null,
    row.vision ? words.vision : null,
  ].filter((badge) => badge !== null);
}

const ago = new Intl.RelativeTimeFormat(LOCALE_OF_WORDS, { numeric: 'auto' });

/** "12 days ago", "3 months ago": how fresh a repository is. */
export function ageWords(then: number, now: number): string {
  const days = format.daysAgo(then, now);
  if (days < 1) return format.relativeTime(then, now);
  if (days < 45) return ago.format(-days, 'day');
  if (days < 548) return ago.format(-Math.round(days / 30.4), 'month');
  return ago.format(-Math.round(days / 365.25), 'year');
}

/** A row for those who hear it. */
export function rowLabel(row: HubRow): string {
  return [
    row.name,
    row.publisher,
    `${format.many(row.downloads)} downloads`,
    `${format.many(row.likes)} likes`,
    ...badges(row),
    row.gated ? words.gated : null,
  ]
    .filter(Boolean)
    .join(', ');
}

export function pickLabel(pick: Recommendation): string {
  return [pick.name, pick.publisher, pick.reason, format.bytes(pick.size_bytes), pick.licence].join(', ');
}
