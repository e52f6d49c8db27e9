// Every word of the local server's page.

import type { ServerRequest, ServerState, TokenScope } from '../../contract/bindings';
import { format } from '../../data';

export const words = {
  title: 'Local server',
  lead: 'Programs on this machine can use your models as if they were OpenAI, Ollama or Anthropic.',
  switch: 'Local server',
  retry: 'Try again',
  close: 'Close',
  cancel: 'Cancel',
  copyFailed: 'The clipboard could not be written. Select the text and copy it by hand.',

  states: {
    off: 'Off',
    running: 'Running',
    failed: 'Could not start',
  } satisfies Record<ServerState['kind'], string>,
  starting: 'Starting…',
  stopping: 'Switching off…',
  failed: 'The server could not be started',
  runsAt: (address: string) => `The server runs at ${address}`,
  isOff: 'The server is off',
  show: 'Show',

  actions: {
    open: 'Open the server',
    on: 'Switch the server on',
    off: 'Switch the server off',
  },

  address: 'Address',
  copyAddress: 'Copy the address',
  copied: 'Copied',
  otherAddresses: 'Addresses for other programs',
  copyFor: (family: string, address: string) => `${family}: ${address}`,
  addressCopied: 'The address is on the clipboard',
  reach: { off: 'nobody can connect', own: 'only this machine', lan: 'this machine and your network' },
  tokens: 'Tokens',
  share: 'Share on my network…',
  sharing: 'Shared on my network…',
  settings: 'Server settings',
  changePort: 'Change the port',
  makeToken: 'Make a token',

  loaded: {
    title: 'Loaded',
    none: 'No model is in memory',
    onDemand: 'The first request for a model loads it.',
    notOnDemand: 'Only loaded models answer, as the settings of the server say.',
    openModels: 'Show models',
    of: (name: string, part: string, whole: string) => `Memory of ${name}: ${part} of ${whole}`,
    loading: (name: string) => `Loading ${name}`,
    unload: (name: string) => `Unload ${name}`,
  },

  use: {
    title: 'Use it',
    families: { openai: 'OpenAI', ollama: 'Ollama', anthropic: 'Anthropic' },
    languages: { python: 'Python', curl: 'curl', javascript: 'JavaScript' },
    family: 'Whose interface the program speaks',
    language: 'Language of the example',
    copy: 'Copy',
    code: 'Example',
    noModel: 'No model of this machine can be asked yet. Discover one, and its name stands here.',
    discover: 'Discover models',
  },

  requests: {
    title: 'Requests',
    keepBodies: 'Keep what was asked and answered (in memory only)',
    clear: 'Clear',
    cleared: 'The requests are forgotten',
    none: 'Nobody has asked yet',
    noneRunning: 'Run the example above: each request is listed here while it is answered.',
    noneOff:
      'The server is off. Switch it on, and editors, scripts and other chat programs can ask your models at the address above.',
    switchOn: 'Switch it on',
    unread: 'The requests cannot be read just now. Trying again…',
    older: (count: number) => `Show ${format.counted(count, 'older request')}`,
    tokens: 'tokens',
    written: (tokens: number) => format.counted(tokens, 'token'),
    read: (tokens: number) => `${format.counted(tokens, 'token')} read`,
    toFirst: (time: string) => `${time} to first`,
    waiting: 'waiting',
    writing: 'writing',
    ended: 'no answer',
    atWork: 'at work',
    model: 'Model',
    token: 'Token',
    noToken: 'none shown',
    prompt: 'Tokens read',
    completion: 'Tokens written',
    speed: 'Speed',
    first: 'To the first token',
    took: 'Took',
    error: 'What went wrong',
    asked: 'Asked',
    answered: 'Answered',
    copyAsked: 'Copy what was asked',
    copyAnswered: 'Copy what was answered',
    notKept: 'What was asked and answered was not kept. Switch that on above, for requests to come.',
    noBody: 'Nothing was sent with it.',
  },

  token: {
    title: 'Tokens',
    hint: 'A token is a password for a program. It says who asks, and what that program may do.',
    needed: 'Every request needs one now.',
    notNeeded: 'Programs on this machine need none, unless the settings of the server ask for one.',
    none: 'There is none yet.',
    list: 'Tokens of the server',
    scopes: { read: 'Read', generate: 'Generate', manage: 'Manage' } satisfies Record<TokenScope, string>,
    may: {
      read: 'See the models, the machine and how the server is doing.',
      generate: 'Have models write and compute, which loads them.',
      manage: 'Load, unload, download and delete models.',
    } satisfies Record<TokenScope, string>,
    ending: (ending: string) => `ends in ${ending}`,
    made: (when: string) => `made ${when}`,
    used: (when: string) => `last used ${when}`,
    unused: 'never used',
    newTitle: 'Make a token',
    name: 'What it is for',
    placeholder: 'For example: editor on the laptop',
    allows: 'What it allows',
    make: 'Make it',
    making: 'Making it…',
    secretTitle: (name: string) => `The token “${name}”`,
    secret: 'The new token',
    once: 'Copy it now: it is shown this once. Inglenook keeps only a fingerprint of it.',
    copySecret: 'Copy the token',
    done: 'I have copied it',
    revoke: (name: string) => `Revoke ${name}`,
    revokeTitle: (name: string) => `Revoke “${name}”?`,
    revokeText: 'Programs that use it are refused at once. This cannot be taken back.',
    revokeLast: 'It is the last one: until you make another, nobody can use the server.',
    revokeConfirm: 'Revoke it',
    keep: 'Keep it',
    revoked: 'The token is revoked',
  },

  lan: {
    title: 'Share on your network',
    hint: 'Other machines of your network can then use your models. Every request needs a token, also from this machine.',
    unencrypted: 'What is asked and answered travels unencrypted: share only in a network that you trust.',
    first: 'Make a token first, so that not everybody there can use your models.',
    confirm: 'Share',
    stop: 'Stop sharing',
    on: 'Other machines reach the server at these addresses, each with a token:',
    whenOn: 'The addresses are shown here while the server runs.',
    copy: (address: string) => `Copy ${address}`,
    bar: 'On your network',
    more: (count: number) => `and ${format.count(count)} more`,
  },

  set: {
    hint: 'What you change is kept at once, and holds at once.',
    port: 'Port',
    portHint: 'While it runs, the server starts again by itself. Programs then need the new address.',
    portWrong: 'A port is a whole number from 1 to 65,535.',
    start: 'Start with Inglenook',
    startHint: 'The server is switched on whenever Inglenook is opened.',
    keep: 'Keep serving without the window',
    keepHint: 'While the server is on, closing the window leaves Inglenook running in the tray.',
    keepNoTray:
      'This desktop shows no tray, so closing the window ends the server. “inglenook serve” needs neither.',
    login: 'Serve from login',
    loginHint: 'When you log in, Inglenook starts in the tray with its server on.',
    loginHintNoTray: 'When you log in, Inglenook starts with its window out of the way and its server on.',
    requireToken: 'Ask for a token on this machine too',
    requireTokenHint: 'Otherwise every program on this machine may use your models.',
    requireTokenLan: 'While you share on your network, everybody needs one.',
    requireTokenNone: 'There is no token yet: nobody can use the server until you make one.',
    lan: 'Your network',
    lanOff: 'Only this machine reaches the server.',
    lanOn: 'Other machines of your network reach it too.',

    answers: 'Answers',
    parallel: 'Answers at once',
    parallelHint: 'More of them share the machine, and each becomes slower.',
    queue: 'Requests that may wait',
    queueHint: 'Who comes after them is asked to try again later.',
    onDemand: 'Load models on demand',
    onDemandHint: 'A model that is asked for is loaded. Otherwise only loaded ones answer.',
    inMemory: 'Models in memory at once',
    inMemoryHint: 'Where there is room. The one that was asked longest ago makes way.',
    idleLink: 'Change that for all models',
    whole: (least: number, most: number) =>
      `A whole number from ${format.count(least)} to ${format.count(most)}.`,

    guests: 'Web pages and names',
    origins: 'Web pages that may use it',
    originsHint: 'A page in a browser is refused unless its origin is listed here.',
    originsPlaceholder: 'http://localhost:3000',
    addOrigin: 'Add a web page',
    hosts: 'Further names of this machine',
    hostsHint:
      'Requests that name another machine are refused. Add the name that programs use, without a port.',
    hostsPlaceholder: 'my-machine.local',
    addHost: 'Add a name',
    add: 'Add',
    remove: (entry: string) => `Remove ${entry}`,
    none: 'none',

    models: 'Models',
    modelsHint: 'Programs that insist on a name get the model that you give it, for example gpt-4o.',
    noModels: 'No model of this machine can be asked yet.',
    also: (names: readonly string[]) => `also ${names.join(', ')}`,
    notListed: 'not asked for now',
    aliases: 'Further names',
    aliasesPlaceholder: 'gpt-4o',
    addAlias: (model: string) => `Add a name for ${model}`,
    idleOf: (model: string) => `Unload ${model} when idle`,
    idleLabel: 'Unload when idle',
    idleGeneral: 'As for all models',
    idleAfter: (minutes: number) => (minutes === 0 ? 'Never' : `After ${minutesWords(minutes)}`),
  },
} as const;

/** "15 min", "2 hours". */
function minutesWords(minutes: number): string {
  return minutes % 60 === 0 ? format.counted(minutes / 60, 'hour') : `${format.count(minutes)} min`;
}

/** When idle models are unloaded; 0 minutes is never. */
export function idleWords(minutes: number): string {
  return minutes === 0
    ? 'Idle models stay in memory.'
    : `Idle models are unloaded after ${minutesWords(minutes)}.`;
}

/** What is said about the switch. */
export function stateWords(state: ServerState['kind'], wanted: boolean | null): string {
  if (wanted === null) return words.states[state];
  return wanted ? words.starting : words.stopping;
}

/** "12 ms", "0.4 s", "3 min 5 s": requests can be quick. */
export function timeWords(milliseconds: number): string {
  return milliseconds < 100 ? `${format.count(milliseconds)} ms` : format.duration(milliseconds);
}

/** "11.8 tok/s". */
export function speedWords(tokensPerSecond: number): string {
  return `${tenths.format(tokensPerSecond)} tok/s`;
}

const tenths = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** What a request came to, in a line: what went wrong, or what it took. */
export function outcomeWords(request: ServerRequest): string {
  const { error, ended, completion_tokens, prompt_tokens, tok_s, first_token_ms, took_ms } = request;
  if (error !== null) return error;
  if (!ended) return first_token_ms === null ? words.requests.waiting : words.requests.writing;
  const parts =
    completion_tokens === null
      ? [prompt_tokens !== null && words.requests.read(prompt_tokens), took_ms !== null && timeWords(took_ms)]
      : [
          words.requests.written(completion_tokens),
          tok_s !== null && speedWords(tok_s),
          first_token_ms !== null && words.requests.toFirst(timeWords(first_token_ms)),
        ];
  return parts.filter(Boolean).join(' · ');
}
