// Whether chats are being searched, and the keys that begin it: known on every page, also while the sidebar is away.
import Ghost from '@lucide/svelte/icons/ghost';
import Search from '@lucide/svelte/icons/search';
import { tick } from 'svelte';

import type { ChatId } from '../../contract/bindings';
import { openChat, router } from '../../router';
import { frame } from '../frame';
import { registerAction } from '../palette';
import { newTemporaryChat } from './actions';
import { words } from './words';

class Finding {
  open = $state(false);
  /** Counts how often it was asked for: asking again brings the focus back to the field. */
  asked = $state(0);

  begin(): void {
    this.open = true;
    this.asked += 1;
  }
}

export const finding = new Finding();

async function search(chat: ChatId | null): Promise<void> {
  if (router.route.page !== 'chat') {
    openChat(chat);
    // A new page puts away what lay over the one before.
    await tick();
  }
  frame.showSidebar();
  finding.begin();
}

/** Makes the actions of the list known; `lastChat` is the chat that another page goes back to. */
export function registerChatsActions(lastChat: () => ChatId | null): () => void {
  const undo = [
    registerAction({
      id: 'chat.newTemporary',
      label: words.newTemporary,
      shortcut: 'Mod+Shift+N',
      keywords: ['private', 'incognito'],
      icon: Ghost,
      run: () => void newTemporaryChat(),
    }),
    registerAction({
      id: 'chats.search',
      label: words.searchField,
      shortcut: 'Mod+Shift+F',
      keywords: ['find'],
      icon: Search,
      run: () => void search(lastChat()),
    }),
  ];
  return () => undo.forEach((take) => take());
}
