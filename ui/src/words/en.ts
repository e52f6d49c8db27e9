// The words of the frame around all screens. Features keep theirs beside them; another language replaces both.

import { counted } from '../data/format';

export const t = {
  app: {
    name: 'Inglenook',
    pages: 'Pages',
    chat: 'Chat',
    models: 'Models',
    downloading: 'a download is on its way',
    server: 'Server',
    serving: 'it runs',
    settings: 'Settings',
    showSidebar: 'Show the chats',
    hideSidebar: 'Hide the chats',
    sidebar: 'Sidebar',
    sidebarWidth: 'Width of the list of chats',
    pageFailed: 'This page could not be shown',
    reload: 'Reload the window',
    retry: 'Try again',
    copyDetails: 'Copy the details',
    copied: 'Copied',
    copyFailed: 'The clipboard could not be written. Select the text and copy it by hand.',
  },
  startup: {
    title: 'Inglenook could not start',
  },
  palette: {
    title: 'Commands',
    placeholder: 'Search actions, chats and models',
    none: 'Nothing has this name. Try fewer letters.',
    actions: 'Actions',
    chats: 'Chats',
    models: 'Models',
    untitled: 'New chat',
    newChat: 'New chat',
    temporaryChat: 'New temporary chat',
    openModels: 'Models',
    discoverModels: 'Discover models',
    openDownloads: 'Downloads',
    openSettings: 'Settings',
    toggleSidebar: 'Show or hide the chats',
    themeLight: 'Light theme',
    themeDark: 'Dark theme',
    themeSystem: 'Theme as the system says',
    chatWith: (model: string) => `Chat with ${model}`,
    cannotRun: 'cannot run here',
    away: 'disk not connected',
  },
  notices: {
    region: 'About your data',
    dismiss: 'Dismiss',
    databaseTitle: 'The file with your chats was damaged',
    database: (path: string) =>
      `It could not be read, so Inglenook began with an empty one. The damaged file was not touched and lies at ${path}.`,
    backups: 'You can go back to a copy:',
    noBackups: 'There is no copy to go back to.',
    settingsTitle: 'The settings could not be read',
    settings: (path: string) => `Inglenook began with its defaults. The old file lies at ${path}.`,
    movedTitle: 'Your data was moved',
    moved: (from: string) =>
      `The old folder was left as it was: ${from}. You can delete it when all is well.`,
    notMovedTitle: 'Your data stayed where it was',
  },

  drops: {
    title: 'Drop a folder or a model file',
    text: 'Inglenook will look for models there. Nothing is copied or moved.',
    looking: 'Looking for models…',
    found: (models: number, folder: string) => `${counted(models, 'model')} found in ${folder}`,
    none: (folder: string) => `No models in ${folder}`,
    noOthers: (folder: string) => `No models in ${folder} besides those that Inglenook knows`,
    noneHint: 'Inglenook reads GGUF files and folders with safetensors. It does not look there any more.',
    known: (folder: string) => `Inglenook looks in ${folder} already`,
    holds: (models: number) =>
      models === 0 ? 'There are no models in it.' : `${counted(models, 'model')} there.`,
    dialogueFirst: 'Close what is open, then drop it again.',
  },

  backups: {
    backup: (when: string, chats: string) => `${when} · ${chats}`,
    restore: 'Restore',
    title: 'Go back to this copy?',
    text: (when: string) =>
      `The chats as they were on ${when} take the place of those that are here now. What is here now is set aside first.`,
    restored: 'The chats were restored',
  },
} as const;
