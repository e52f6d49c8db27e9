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
  trashEmptyHint: 'Deleted chats and messages wait here until you empty it.',
  deletedMessages: (count: number, title: string) => `${format.counted(count, 'message')} of “${title}”`,
  messageBack: 'Back in its chat',
  deletedWhen: (time: number, now: number) => `Deleted ${format.relativeTime(time, now)}`,
  restore: 'Restore',
  restored: (title: string) => `“${title}” is back`,
  purge: 'Delete for good',
  purgeTitle: (title: string) => `Delete “${title}” for good?`,
  purgeMessagesTitle: (count: number) => `Delete ${format.counted(count, 'message')} for good?`,
  purgeMessagesBody:
    'They are deleted and overwritten. Only the daily copies hold them until newer ones take their place. This cannot be undone.',
  purgeBody:
    'Its messages are deleted and overwritten. Only the daily copies hold them until newer ones take their place. This cannot be undone.',
  temporaryBody:
    'A temporary chat is written down nowhere: it does not go to the trash. This cannot be undone.',
  emptyTrash: 'Empty trash',
  emptyTitle: (chats: number, messages: number) =>
    `Delete ${[
      ...(chats > 0 ? [format.counted(chats, 'chat')] : []),
      ...(messages > 0 ? [format.counted(messages, 'message')] : []),
    ].join(' and ')} for good?`,
  emptyBody:
    'All of it is deleted and overwritten. Only the daily copies hold it until newer ones take their place. This cannot be undone.',
} as const;

/** What a chat is called. */
export function titleOf(chat: { title: string }): string {
  return chat.title === '' ? words.untitled : chat.title;
}
