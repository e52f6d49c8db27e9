// What can be done with a chat in the sidebar. What fails is told in a toast; what can be taken back offers it.

import type { ChatId, ChatSummary, DeletedMessages } from '../../contract/bindings';
import { toast, toastError, toastUndo } from '../../components/ui';
import { queryClient } from '../../data';
import { host, HostError } from '../../host';
import { openChat, router } from '../../router';
import { titleOf, words } from './words';

/** Does it, asks for the lists again, and tells what went wrong. Resolves to whether it was done. */
async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (thrown) {
    toastError(HostError.from(thrown).info);
    return false;
  } finally {
    // The host tells of changes too; this is for the moment between.
    void queryClient.invalidateQueries({ queryKey: ['chats'] });
  }
}

function isOpen(chat: ChatId): boolean {
  return router.route.page === 'chat' && router.route.chat === chat;
}

/** The page of a chat that is made when the first thing is said in it. */
export function newChat(): void {
  openChat(null);
}

/** A chat that lives in memory only; it is made at once, so that its page can say so. */
export async function newTemporaryChat(): Promise<void> {
  await attempt(async () => {
    const chat = await host.call('chat.create', { model: null, temporary: true });
    openChat(chat.summary.id);
  });
}

export function rename(chat: ChatSummary, title: string): Promise<boolean> {
  return attempt(() => host.call('chat.rename', { chat: chat.id, title: title.trim() }));
}

export function pin(chat: ChatSummary, pinned: boolean): Promise<boolean> {
  return attempt(() => host.call('chat.pin', { chat: chat.id, pinned }));
}

export async function restore(chat: ChatSummary): Promise<void> {
  if (await attempt(() => host.call('chat.restore', { chat: chat.id }))) toast(words.restored(titleOf(chat)));
}

/** Whether removing it would lose something that nothing brings back: an empty chat has no title. */
export function goneForGood(chat: ChatSummary): boolean {
  return chat.temporary && chat.title !== '';
}

/** To the trash, with a way back. A temporary chat was never kept, so for it there is none. */
export async function remove(chat: ChatSummary): Promise<void> {
  const wasOpen = isOpen(chat.id);
  if (!(await attempt(() => host.call('chat.delete', { chat: chat.id })))) return;
  if (isOpen(chat.id)) openChat(null, { replace: true });
  if (chat.temporary) {
    toast(words.goneForGood(titleOf(chat)));
    return;
  }
  toastUndo(words.deleted(titleOf(chat)), () => {
    void attempt(() => host.call('chat.restore', { chat: chat.id })).then((back) => {
      if (back && wasOpen) openChat(chat.id);
    });
  });
}

export async function purge(chat: ChatSummary): Promise<void> {
  await attempt(() => host.call('chat.purge', { chat: chat.id }));
}

/** Messages back from the trash, in their chat, which is opened there. */
export async function restoreMessages({ message, chat }: DeletedMessages): Promise<void> {
  if (!(await attempt(() => host.call('message.restore', { message })))) return;
  openChat(chat);
  toast(words.messageBack);
}

export async function purgeMessages({ message }: DeletedMessages): Promise<void> {
  await attempt(() => host.call('message.purge', { message }));
}

export async function emptyTrash(): Promise<void> {
  await attempt(() => host.call('chat.emptyTrash', {}));
}
