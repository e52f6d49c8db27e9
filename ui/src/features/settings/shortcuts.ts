// The shortcuts as the settings list them. Those of the palette are written where their actions are; here stands what a
// person looks for.

export interface Shortcut {
  /** As Kbd reads them. */
  keys: string;
  /** Other keys that do the same. */
  or?: string;
  does: string;
}

export const SHORTCUTS: readonly { title: string; shortcuts: readonly Shortcut[] }[] = [
  {
    title: 'Everywhere',
    shortcuts: [
      { keys: 'Mod+K', does: 'Search actions, chats and models' },
      { keys: 'Mod+N', does: 'New chat' },
      { keys: 'Mod+Shift+N', does: 'New temporary chat' },
      { keys: 'Mod+Shift+F', does: 'Search chats' },
      { keys: 'Mod+B', does: 'Show or hide the chats' },
      { keys: 'Mod+,', does: 'Settings' },
    ],
  },
  {
    title: 'In a chat',
    shortcuts: [
      { keys: 'Enter', does: 'Send' },
      { keys: 'Shift+Enter', does: 'New line' },
      { keys: 'Escape', does: 'Stop the answer' },
      { keys: '↑', does: 'Edit your last message, from an empty field' },
      { keys: 'Mod+Enter', does: 'Save the message that you edit' },
      { keys: 'Mod+L', does: 'Choose the model' },
      { keys: 'Mod+I', does: 'Show or hide the settings of this chat' },
      { keys: 'Mod+R', does: 'Regenerate the last answer' },
      { keys: 'Mod+Shift+C', does: 'Copy the last answer' },
    ],
  },
  {
    title: 'In the list of chats',
    shortcuts: [
      { keys: '↑', does: 'The chat above' },
      { keys: '↓', does: 'The chat below' },
      { keys: 'Enter', does: 'Open' },
      { keys: 'F2', does: 'Rename' },
      { keys: 'Home', or: 'End', does: 'The first or the last chat' },
      { keys: 'Delete', or: 'Backspace', does: 'To the trash' },
    ],
  },
];
