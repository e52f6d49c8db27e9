// Everything that screens need to know about data.
export { onChange } from './changes';
export { actionLabels, describeError, errorTable, type KnownError, type MendingAction } from './errors';
export * as format from './format';
export { onItsWay } from './onItsWay';
export { folderOf, liesIn } from './paths';
export {
  adoptModels,
  keys,
  saveSettings,
  setStartAtLogin,
  type SearchedFor,
  type SettingsChange,
  useChat,
  useChats,
  useDataLocation,
  useHardware,
  useLoads,
  useHello,
  useModels,
  useBackups,
  useDeletedMessages,
  useDownloads,
  useHosts,
  useHubCard,
  useHubFits,
  useHubSearch,
  useLedger,
  useNotices,
  usePicks,
  useRecommended,
  useServerStatus,
  useServerTokens,
  useStartAtLogin,
  useSettings,
  useToken,
} from './queries';
export { queryClient } from './queryClient';
