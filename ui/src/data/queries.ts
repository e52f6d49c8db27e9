// What screens ask the host for, by name. Each goes through the cache; changes.ts says when it is asked again.
import { createInfiniteQuery, createQuery, keepPreviousData } from '@tanstack/svelte-query';

import type {
  Backup,
  Chat,
  ChatSummary,
  DataLocation,
  DeletedMessages,
  FitRecord,
  Download,
  Hardware,
  Hello,
  HostEntry,
  HubCard,
  HubFits,
  HubPage,
  HubRepoRef,
  HubSearch,
  LedgerEntry,
  ModelList,
  Notice,
  Recommendation,
  ServerStatus,
  ServerToken,
  Settings,
  StartAtLogin,
  TokenState,
} from '../contract/bindings';
import { host } from '../host';
import { applyAppearance } from './theme';
import { queryClient } from './queryClient';

/** What is searched for, whichever page of it. */
export type SearchedFor = Omit<HubSearch, 'cursor'>;

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
  // Below the machine's name: a load changes both.
  loads: ['hardware', 'loads'],
  downloads: ['downloads'],
  hubSearch: (search: SearchedFor) => ['hub', 'search', search],
  hubCards: ['hub', 'card'],
  /** All that the hub itself said. */
  ofHub: [
    ['hub', 'search'],
    ['hub', 'card'],
    ['hub', 'fits'],
  ],
  hubCard: (repo: HubRepoRef) => ['hub', 'card', repo],
  hubFits: (repo: HubRepoRef) => ['hub', 'fits', repo],
  recommended: ['hub', 'recommended'],
  picks: ['hub', 'picks'],
  token: ['hub', 'token'],
  hosts: ['network', 'hosts'],
  ledger: ['network', 'ledger'],
  serverStatus: ['server', 'status'],
  serverTokens: ['server', 'tokens'],
  startAtLogin: ['start at login'],
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

/** The machine; how much of it is in use is told by a stream. */
export const useHardware = () =>
  createQuery<Hardware>(() => ({
    queryKey: keys.hardware,
    queryFn: () => host.call('hardware.get', {}),
    staleTime: 2_000,
  }));

/** What was heard from the hub a while ago may be asked for again; until then nothing leaves this machine for it. */
const HUB_STALE_MS = 10 * 60_000;

/** Models of the hub, page by page; `null` asks for nothing. */
export const useHubSearch = (search: () => SearchedFor | null) =>
  createInfiniteQuery<HubPage, Error, { pages: HubPage[] }, ReturnType<typeof keys.hubSearch>, string | null>(
    () => {
      const wanted = search();
      return {
        queryKey: keys.hubSearch(wanted ?? NOTHING_SEARCHED),
        queryFn: ({ pageParam }) =>
          host.call('hub.search', { ...(wanted ?? NOTHING_SEARCHED), cursor: pageParam }),
        initialPageParam: null,
        getNextPageParam: (page) => page.cursor,
        enabled: wanted !== null,
        // While another search runs, the rows of the last one stay in sight.
        placeholderData: keepPreviousData,
        staleTime: HUB_STALE_MS,
      };
    },
  );

const NOTHING_SEARCHED: SearchedFor = {
  words: '',
  sort: 'trending',
  fits: false,
  format: null,
  free_licence: false,
  vision: false,
  tools: false,
  size: null,
};

const NO_REPO: HubRepoRef = { repo: '', revision: null, item: null };

/** One repository of the hub; none is asked for while there is none. */
export const useHubCard = (repo: () => HubRepoRef | null) =>
  createQuery<HubCard>(() => {
    const wanted = repo();
    return {
      queryKey: keys.hubCard(wanted ?? NO_REPO),
      queryFn: () => host.call('hub.card', wanted ?? NO_REPO),
      enabled: wanted !== null,
      staleTime: HUB_STALE_MS,
    };
  });

/** How the files of a repository fit; headers are read from the hub for it. */
export const useHubFits = (repo: () => HubRepoRef | null) =>
  createQuery<HubFits>(() => {
    const wanted = repo();
    return {
      queryKey: keys.hubFits(wanted ?? NO_REPO),
      queryFn: () => host.call('hub.fits', wanted ?? NO_REPO),
      enabled: wanted !== null,
      // What is free on this machine changes sooner than what the hub says.
      staleTime: 60_000,
    };
  });

/** The catalogue for this machine; nothing leaves it for this. */
export const useRecommended = () =>
  createQuery<Recommendation[]>(() => ({
    queryKey: keys.recommended,
    queryFn: () => host.call('hub.recommended', {}),
  }));

/** Three of the catalogue for the first start. */
export const usePicks = () =>
  createQuery<Recommendation[]>(() => ({ queryKey: keys.picks, queryFn: () => host.call('hub.picks', {}) }));

/** The queue of downloads, with those that are done. */
export const useDownloads = () =>
  createQuery<Download[]>(() => ({
    queryKey: keys.downloads,
    queryFn: () => host.call('download.list', {}),
  }));

/** What is known of the hub's token. */
export const useToken = () =>
  createQuery<TokenState>(() => ({ queryKey: keys.token, queryFn: () => host.call('hub.token', {}) }));

/** Every host that may be contacted. */
export const useHosts = () =>
  createQuery<HostEntry[]>(() => ({ queryKey: keys.hosts, queryFn: () => host.call('network.hosts', {}) }));

/** What was contacted, newest first, page by page. An empty page is the end. */
export const useLedger = () =>
  createInfiniteQuery<LedgerEntry[], Error, { pages: LedgerEntry[][] }, typeof keys.ledger, number | null>(
    () => ({
      queryKey: keys.ledger,
      queryFn: ({ pageParam }) => host.call('network.ledger', { before: pageParam }),
      initialPageParam: null,
      getNextPageParam: (page) => page.at(-1)?.number ?? null,
    }),
  );

/** Whether the local server runs, where, and under which names programs ask for the models. */
export const useServerStatus = () =>
  createQuery<ServerStatus>(() => ({
    queryKey: keys.serverStatus,
    queryFn: () => host.call('server.status', {}),
  }));

/** Who may use the local server, newest first. */
export const useServerTokens = () =>
  createQuery<ServerToken[]>(() => ({
    queryKey: keys.serverTokens,
    queryFn: () => host.call('server.tokens', {}),
  }));

/** Whether the system starts the application at login; asked only where it can. */
export const useStartAtLogin = (can: () => boolean) =>
  createQuery<StartAtLogin>(() => ({
    queryKey: keys.startAtLogin,
    queryFn: () => host.call('desktop.startAtLogin', {}),
    enabled: can(),
  }));

/** Changes that, and shows what the system says to it. */
export async function setStartAtLogin(on: boolean): Promise<void> {
  try {
    await host.call('desktop.setStartAtLogin', { on });
  } finally {
    await queryClient.invalidateQueries({ queryKey: keys.startAtLogin });
  }
}

/** What loads were said to take, and took; newest first. */
export const useLoads = () =>
  createQuery<FitRecord[]>(() => ({ queryKey: keys.loads, queryFn: () => host.call('hardware.loads', {}) }));

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
