// Every word of the settings.

import type { LogLevel, Theme } from '../../contract/bindings';
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
    hint: 'What Inglenook found. It decides which models fit and how fast they answer.',
    memory: (total: string, free: string) => `${total}, of which ${free} are free now`,
    free: (bytes: string) => `${bytes} free where your data lies`,
    computesWith: 'Computes with',
    notLoadedYet: 'known after the first model is loaded',
    crashed: (kernels: string) => `Kernels for ${kernels} crashed on this machine and are left alone`,
    tryAgain: 'Try again',
    retrying: 'They are tried again when a model is next loaded',
    memoryUse: 'Memory in use',
    unused: 'This version does not use it: models run on the processor.',
    none: 'None found. Models run on the processor.',
    cores: (cores: number) => format.counted(cores, 'core'),
  },

  privacy: {
    lead: 'Nothing you write leaves this computer.',
    facts: [
      ['No telemetry', 'Inglenook counts nothing, reports nothing and asks nobody whether it is up to date.'],
      ['No account', 'There is nothing to sign up for and nobody who knows that you use it.'],
      [
        'No connections',
        'This version contacts no host at all. Models run in a process of their own on this computer.',
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
