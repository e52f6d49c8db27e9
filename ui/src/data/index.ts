// Everything that screens need to know about data.
export { onChange } from './changes';
export { actionLabels, describeError, errorTable, type KnownError, type MendingAction } from './errors';
export * as format from './format';
export {
  adoptModels,
  keys,
  saveSettings,
  type SettingsChange,
  useChat,
  useChats,
  useDataLocation,
  useHardware,
  useHello,
  useModels,
  useBackups,
  useDeletedMessages,
  useNotices,
  useSettings,
} from './queries';
export { queryClient } from './queryClient';
