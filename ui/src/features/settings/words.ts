// Every word of the settings.

import type { HostEntry, LogLevel, Theme, TokenState } from '../../contract/bindings';
import { format } from '../../data';

export const words = {
  title: 'Settings',
  sections: {
    general: 'General',
    appearance: 'Appearance',
    defaults: 'Chat defaults',
    hardware: 'Hardware',
    privacy: 'Privacy',
    shortcuts: 'Shortcuts',
    about: 'About',
  },
  retry: 'Try again',

  idle: {
    label: 'Unload an idle model after',
    hint: 'A model that nobody asks leaves the memory to other programs. The next question loads it again.',
    minutes: (minutes: number) => {
      if (minutes === 0) return 'Never';
      return minutes % 60 === 0 ? format.counted(minutes / 60, 'hour') : `${format.count(minutes)} min`;
    },
  },
  log: {
    label: 'Log',
    hint: 'A file beside your data that helps to find out what went wrong. Nobody else gets it.',
    levels: {
      error: 'Failures only',
      warn: 'Failures and warnings',
      info: 'What happens',
      debug: 'Everything',
    } satisfies Record<LogLevel, string>,
  },

  data: {
    title: 'Where your data lies',
    hint: 'Chats, settings, and the folder for models of Inglenook’s own.',
    fromEnvironment:
      'The variable INGLENOOK_HOME names this folder. To change it, change the variable and start again.',
    move: 'Move to another folder…',
    confirm: 'Move there',
    checking: 'Looking at the folder…',
    planned: (path: string) => `At the next start, everything is moved to ${path}.`,
    takeBack: 'Do not move',
    kept: 'The old folder stays as it is until you delete it.',
  },

  appearance: {
    theme: 'Theme',
    themes: { system: 'As the system', light: 'Light', dark: 'Dark' } satisfies Record<Theme, string>,
    textSize: 'Text size in chats',
    pixels: (size: number) => `${format.count(size)} px`,
    sample: 'A model answers in letters of this size.',
  },

  defaults: {
    hint: 'What every chat begins with. A chat can set its own values beside the conversation.',
  },

  backups: {
    label: 'Copies of your chats',
    hint: 'Made once a day and before an update; the newest three of each are kept. Going back to one sets aside what is here now, and deletes nothing.',
    none: 'None yet. The first is made at the next start.',
  },

  hardware: {
    hint: 'What Inglenook found, and how much of it is in use now. It decides which models fit and how fast they answer.',
    of: (part: string, whole: string) => `${part} of ${whole}`,
    free: (bytes: string) => `${bytes} free`,
    models: (bytes: string) => `models take ${bytes}`,
    notMeasured: '–',
    curve: (name: string, least: string, most: string) =>
      least === most
        ? `${name}, the last minute: ${least}`
        : `${name}, the last minute: between ${least} and ${most}`,
    noCurve: (name: string) => `${name}: nothing measured yet`,
    disk: (free: string, total: string) => `${free} free of ${total} where your data lies`,
    diskUse: 'Disk in use',
    unknownDisk: 'The system does not tell.',
    computesWith: 'Computes with',
    notLoadedYet: 'known after the first model is loaded',
    crashed: (kernels: string) => `Kernels for ${kernels} crashed on this machine and are left alone`,
    tryAgain: 'Try again',
    retrying: 'They are tried again when a model is next loaded',
    shared: 'shares the machine’s memory',
    driver: (driver: string) => `driver ${driver}`,
    unused: 'This version does not use it: models run on the processor.',
    none: 'None found. Models run on the processor.',
    /** Threads are told where there are more of them than cores. */
    cores: (cores: number, threads: number) =>
      threads > cores
        ? `${format.counted(cores, 'core')}, ${format.counted(threads, 'thread')}`
        : format.counted(cores, 'core'),
  },

  loads: {
    title: 'Memory: said and taken',
    hint: 'Before a model is loaded, Inglenook says what it will take. Each load puts the next estimate right.',
    none: 'Each load is noted here: what was said beforehand, and what the model really took.',
    columns: { model: 'Model', context: 'Context', said: 'Said', took: 'Taken', off: 'Off by' },
    off: (said: number, took: number) =>
      took > 0 ? format.percent(Math.abs(said - took) / took) : format.percent(0),
  },

  privacy: {
    lead: 'Nothing you write leaves this computer.',
    promise:
      'Inglenook contacts a host only when you look for a model or download one, and writes every contact into the ledger below.',
    offline: 'Work offline',
    offlineHint:
      'Nothing leaves this computer, whatever else is switched on here. Models that are here go on answering.',
    factsTitle: 'What else holds',
    facts: [
      ['No telemetry', 'Inglenook counts nothing, reports nothing and asks nobody whether it is up to date.'],
      ['No account', 'There is nothing to sign up for. A token of the hub is needed for a few models only.'],
      [
        'Models stay inside',
        'They run in a process of their own on this computer, and no model contacts anybody.',
      ],
      [
        'Temporary chats',
        'They are kept in memory only and never written to the disk. Closing the application ends them.',
      ],
      [
        'Deleted chats',
        'They wait in the trash until you empty it, and are then overwritten. The copies that Inglenook makes once a day and before an update, three of each, hold them until newer ones take their place.',
      ],
    ],
    stored: 'Your chats and settings lie here, unencrypted like your other documents:',
  },

  access: {
    title: 'Hub access',
    endpoint: 'Address of the hub',
    endpointHint:
      'Of a mirror, if you use one. Empty takes HF_ENDPOINT from the environment, else huggingface.co.',
    proxy: 'Proxy',
    proxyHint: 'By which every host is reached, for example http://proxy.example:3128.',
    proxyNone: 'As the system says',
  },

  token: {
    label: 'Token of the hub',
    hint: 'Some models are given only to people who signed in and accepted their terms. Everything else works without.',
    looking: 'Looking for it…',
    /** `trouble` is a sentence of its own. */
    state: ({ place, user, trouble }: TokenState) => {
      const because = trouble === null ? '' : `. ${trouble}`;
      if (place === 'none')
        return trouble === null
          ? 'No token is kept'
          : `No token is kept${because} One that you paste is kept until you quit.`;
      const where = {
        keyring: 'Kept in the system’s keyring',
        session: `Kept in memory until you quit${because}`,
        environment: 'From HF_TOKEN in the environment; one that you paste comes before it',
      }[place];
      return user === null ? where : `Belongs to ${user} · ${where}`;
    },
    field: 'A token of the hub',
    placeholder: 'Paste a token: hf_…',
    save: 'Try and keep it',
    trying: 'Asking the hub…',
    saved: 'The token works and is kept',
    make: 'How to make one: the tokens page of huggingface.co',
    forget: 'Forget',
    forgetTitle: 'Forget the token?',
    forgetText:
      'Inglenook forgets it and asks the hub without a name. On the hub it stays valid until you delete it there.',
    forgetConfirm: 'Forget it',
    forgotten: 'The token is forgotten',
  },

  hosts: {
    title: 'Hosts',
    hint: 'Whom Inglenook may contact, and what for. What is switched off is not contacted, nor is any host below it. The figures reach back as far as the ledger.',
    offline: 'You work offline: none of these is contacted now.',
    none: 'There is none.',
    forgotten: 'Switched off by you; nothing here needs it now',
    allow: (host: string) => `May be contacted: ${host}`,
    inLedger: (host: string) => `Show only ${host} in the ledger`,
    offWith: (host: string) => `off with ${host}`,
    figures: ({ contacts, received_bytes, last_at }: HostEntry, now: number) =>
      contacts === 0
        ? 'Not contacted yet'
        : [
            format.counted(contacts, 'contact'),
            `${format.bytes(received_bytes)} received`,
            last_at !== null && `last contact ${format.relativeTime(last_at, now)}`,
          ]
            .filter(Boolean)
            .join(' · '),
  },

  ledger: {
    title: 'What has left this computer',
    hint: 'Every contact with a host, newest first. This ledger is kept on this computer only.',
    columns: {
      time: 'Time',
      host: 'Host',
      purpose: 'What for',
      sent: 'Sent',
      received: 'Received',
      outcome: 'Outcome',
    },
    /** "14:05" for today, else "3 Mar, 14:05"; the year where it is another. */
    at: (time: number, now: number) => {
      const clock = { hour: '2-digit', minute: '2-digit' } as const;
      if (format.daysAgo(time, now) === 0) return format.date(time, clock);
      const day = { day: 'numeric', month: 'short' } as const;
      const sameYear = new Date(time).getFullYear() === new Date(now).getFullYear();
      return format.date(time, sameYear ? { ...day, ...clock } : { ...day, year: 'numeric' });
    },
    /** Requests are small: here single bytes count. */
    bytes: (count: number) => (count < 1_000 ? `${format.count(count)} B` : format.bytes(count)),
    only: (host: string) => `Only ${host}`,
    all: 'Show all hosts',
    more: 'Show more',
    looking: 'Looking…',
    nothing: 'Nothing has left this machine.',
    nothingHint: 'From the first contact on, or since the ledger was last emptied, each is written here.',
    nothingOf: (host: string) => `Nothing of ${host} is in the ledger.`,
    empty: 'Empty the ledger…',
    emptyTitle: 'Empty the ledger?',
    emptyText: 'What was contacted until now is forgotten. This cannot be taken back.',
    emptyConfirm: 'Empty it',
    emptied: 'The ledger is empty',
  },

  about: {
    version: (version: string) => `Version ${version}`,
    line: 'A quiet place to talk to open language models on your own machine.',
    licence: 'Free software under the MIT licence or the Apache licence 2.0, as you choose.',
    licenceShort: 'MIT OR Apache-2.0',
    licenceLabel: 'Licence',
    copy: 'Copy the version',
    copied: 'Copied',
  },
} as const;

export type Section = keyof typeof words.sections;

export const SECTIONS = Object.keys(words.sections) as Section[];

/** The section of an address; the first for one that does not exist. */
export function sectionOf(name: string): Section {
  return SECTIONS.find((section) => section === name) ?? 'general';
}
