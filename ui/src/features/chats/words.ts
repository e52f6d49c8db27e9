// Every word of the sidebar.

import { format } from '../../data';

export const words = {
  chats: 'Chats',
  untitled: 'New chat',
  pinned: 'Pinned',
  today: 'Today',
  yesterday: 'Yesterday',
  previousWeek: 'Previous 7 days',
  previousMonth: 'Previous 30 days',

  newChat: 'New chat',
  newTemporary: 'New temporary chat',
  temporaryHint: 'In memory only, gone when the application closes',
  temporary: 'Temporary',
  answering: 'An answer is being written',
  search: 'Search',
  searchField: 'Search chats and messages',
  closeSearch: 'Close search',
  more: (title: string) => `More for ${title}`,
  rename: 'Rename',
  renameField: 'Title of the chat',
  pin: 'Pin',
  unpin: 'Unpin',
  delete: 'Delete',
  deleted: (title: string) => `“${title}” went to the trash`,
  goneForGood: (title: string) => `“${title}” is gone`,

  retry: 'Try again',
  none: 'No chats yet',
  noneHint: 'What you talk about will stand here.',
  notFound: (search: string) => `Nothing found for “${search}”`,
  notFoundHint: 'Titles and messages were searched.',
  found: (chats: number) => `${format.counted(chats, 'chat')} found`,

  trash: 'Trash',
  back: 'Back to the chats',
  trashEmpty: 'The trash is empty',
  trashEmptyHint: 'Deleted chats wait here until you empty it.',
  deletedWhen: (time: number, now: number) => `Deleted ${format.relativeTime(time, now)}`,
  restore: 'Restore',
  restored: (title: string) => `“${title}” is back`,
  purge: 'Delete for good',
  purgeTitle: (title: string) => `Delete “${title}” for good?`,
  purgeBody:
    'Its messages are deleted and overwritten. Only the daily copies hold them until newer ones take their place. This cannot be undone.',
  emptyTrash: 'Empty trash',
  emptyTitle: (chats: number) => `Delete ${format.counted(chats, 'chat')} for good?`,
  emptyBody:
    'Their messages are deleted and overwritten. Only the daily copies hold them until newer ones take their place. This cannot be undone.',
} as const;

/** What a chat is called. */
export function titleOf(chat: { title: string }): string {
  return chat.title === '' ? words.untitled : chat.title;
}
