// What screens ask the host for, by name. Each goes through the cache; changes.ts says when it is asked again.
import { createQuery, keepPreviousData } from '@tanstack/svelte-query';

import type {
  Backup,
  Chat,
  ChatSummary,
  DataLocation,
  DeletedMessages,
  Hardware,
  Hello,
  ModelList,
  Notice,
  Settings,
} from '../contract/bindings';
import { host } from '../host';
import { applyAppearance } from './theme';
import { queryClient } from './queryClient';

/** Names in the cache. The first part is what changes.ts invalidates by. */
export const keys = {
  hello: ['hello'],
  notices: ['notices'],
  backups: ['backups'],
  deletedMessages: ['chats', 'deleted messages'],
  chats: (search: string, trash: boolean) => ['chats', { search, trash }],
  chat: (chat: string) => ['chat', chat],
  models: ['models'],
  settings: ['settings'],
  data: ['settings', 'data'],
  hardware: ['hardware'],
} as const;

/** What the window needs before it can show anything; what it brings along need not be asked for again. */
export const useHello = () =>
  createQuery<Hello>(() => ({
    queryKey: keys.hello,
    queryFn: async () => {
      const hello = await host.call('app.hello', {});
      queryClient.setQueryData(keys.settings, withPending(hello.settings));
      queryClient.setQueryData(keys.notices, hello.notices);
      queryClient.setQueryData(keys.data, hello.data);
      return hello;
    },
  }));

export const useNotices = () =>
  createQuery<Notice[]>(() => ({ queryKey: keys.notices, queryFn: () => host.call('app.notices', {}) }));

/** Copies of the database that could take its place. */
export const useBackups = () =>
  createQuery<Backup[]>(() => ({ queryKey: keys.backups, queryFn: () => host.call('app.backups', {}) }));

/** What went to the trash message by message. */
export const useDeletedMessages = () =>
  createQuery<DeletedMessages[]>(() => ({
    queryKey: keys.deletedMessages,
    queryFn: () => host.call('message.trash', {}),
  }));

/** The sidebar's chats, or the trash. While another search runs, the last result stays in sight. */
export const useChats = (request: () => { search: string; trash: boolean }) =>
  createQuery<ChatSummary[]>(() => {
    const { search, trash } = request();
    return {
      queryKey: keys.chats(search, trash),
      queryFn: () => host.call('chat.list', { search, trash }),
      placeholderData: keepPreviousData,
    };
  });

/** One chat without its messages; none is asked for while there is none. */
export const useChat = (chat: () => string | null) =>
  createQuery<Chat>(() => {
    const id = chat();
    return {
      queryKey: keys.chat(id ?? ''),
      queryFn: () => host.call('chat.get', { chat: id ?? '' }),
      enabled: id !== null,
    };
  });

export const useModels = () =>
  createQuery<ModelList>(() => ({ queryKey: keys.models, queryFn: () => host.call('model.list', {}) }));

export const useSettings = () =>
  createQuery<Settings>(() => ({
    queryKey: keys.settings,
    queryFn: async () => withPending(await host.call('settings.get', {})),
  }));

export const useDataLocation = () =>
  createQuery<DataLocation>(() => ({ queryKey: keys.data, queryFn: () => host.call('settings.data', {}) }));

/** The machine; what is free of it changes by itself, so it may be asked for again every few milliseconds. */
export const useHardware = (every: number | false = false) =>
  createQuery<Hardware>(() => ({
    queryKey: keys.hardware,
    queryFn: () => host.call('hardware.get', {}),
    refetchInterval: every,
    staleTime: 2_000,
  }));

/** Some of the settings, or how they follow from the newest ones. */
export type SettingsChange = Partial<Settings> | ((newest: Settings) => Partial<Settings>);

const changed = (settings: Settings, change: SettingsChange): Settings => ({
  ...settings,
  ...(typeof change === 'function' ? change(settings) : change),
});

let saving: Promise<unknown> = Promise.resolve();
/** What is not written yet, in the order in which it was changed. */
const pending: SettingsChange[] = [];

/** A record of the host's as it will be: without what waits, the page would jump back and forth. */
function withPending(record: Settings): Settings {
  return pending.reduce(changed, record);
}

/**
 * Changes some of the settings. The page shows them at once; if they could not be written, it shows the record again
 * and the failure is thrown. One after another, so that two quick changes do not undo each other.
 */
export function saveSettings(change: SettingsChange): Promise<Settings> {
  const shown = queryClient.getQueryData<Settings>(keys.settings);
  if (shown) show(changed(shown, change));
  pending.push(change);
  const saved = saving.then(async () => {
    const record = await host.call('settings.get', {});
    return host.call('settings.save', changed(record, change));
  });
  saving = saved.then(
    (record) => {
      pending.shift();
      show(withPending(record));
    },
    async () => {
      pending.shift();
      await queryClient.invalidateQueries({ queryKey: keys.settings });
      const record = queryClient.getQueryData<Settings>(keys.settings);
      if (record) applyAppearance(record);
    },
  );
  return saved;
}

function show(settings: Settings): void {
  queryClient.setQueryData(keys.settings, settings);
  applyAppearance(settings);
}

/** Makes lists of models known that a call brought along. */
export function adoptModels(list: ModelList): void {
  queryClient.setQueryData(keys.models, list);
}
