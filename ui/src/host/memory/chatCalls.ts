// The calls about chats and messages in the world in memory.
import type { Message } from '../../contract/bindings';
import { nothing, type CallParts, type Handlers } from './calls';
import type { KeptChat } from './world';

type ChatHandlers = Pick<Handlers, Extract<keyof Handlers, `chat.${string}` | `message.${string}`>>;

export function chatCalls({ world, answering, tell }: CallParts): ChatHandlers {
  const changed = (chat: KeptChat) => {
    tell([{ tag: 'chat', id: chat.summary.id }, { tag: 'chats' }]);
    return nothing;
  };
  const change = (id: string, work: (chat: KeptChat) => void) => {
    const chat = world.chat(id);
    work(chat);
    return changed(chat);
  };
  const fresh = (model: string | null, temporary: boolean): KeptChat => {
    const now = Date.now();
    const id = temporary ? `temp-${world.id()}` : world.id();
    const summary = {
      id,
      title: '',
      pinned: false,
      temporary,
      created_at: now,
      updated_at: now,
      deleted_at: null,
      answering: false,
    };
    return world.keep(summary, model ?? world.settings.last_model);
  };
  const texts = (chat: KeptChat) => [chat.summary.title, ...chat.path.map((id) => world.message(id).text)];
  const remove = (id: string) =>
    change(id, (chat) => {
      answering.stop(chat);
      world.chats.delete(chat.summary.id);
    });
  const regenerate = (message: Message) => {
    const answer = answering.begin(world.chat(message.chat), message.index);
    return { message: answer.id };
  };

  return {
    'chat.list': ({ search, trash }) => {
      const wanted = search.toLocaleLowerCase();
      return [...world.chats.values()]
        .filter((chat) => (chat.summary.deleted_at !== null) === trash)
        .filter(
          (chat) => wanted === '' || texts(chat).some((text) => text.toLocaleLowerCase().includes(wanted)),
        )
        .map((chat) => ({ ...chat.summary }))
        .sort((a, b) => Number(b.pinned) - Number(a.pinned) || b.updated_at - a.updated_at);
    },
    'chat.get': ({ chat }) => world.show(world.chat(chat)),
    'chat.messages': ({ chat, from, limit }) => {
      const { path } = world.chat(chat);
      const first = from ?? Math.max(0, path.length - limit);
      return {
        messages: path.slice(first, first + limit).map((id) => world.message(id)),
        total: path.length,
      };
    },
    'chat.create': ({ model, temporary }) => {
      const chat = fresh(model, temporary);
      changed(chat);
      return world.show(chat);
    },
    'chat.begin': ({ model, temporary, parameters, text }) => {
      const chat = fresh(model, temporary);
      chat.parameters = parameters;
      world.newDraft = '';
      world.say(chat, 'user', text);
      answering.begin(chat);
      changed(chat);
      return world.show(chat);
    },
    'chat.newDraft': () => ({ text: world.newDraft }),
    'chat.saveNewDraft': ({ text }) => {
      world.newDraft = text;
      return nothing;
    },
    'chat.rename': ({ chat, title }) => change(chat, (kept) => (kept.summary.title = title)),
    'chat.pin': ({ chat, pinned }) => change(chat, (kept) => (kept.summary.pinned = pinned)),
    'chat.delete': ({ chat }) => change(chat, (kept) => (kept.summary.deleted_at = Date.now())),
    'chat.restore': ({ chat }) => change(chat, (kept) => (kept.summary.deleted_at = null)),
    'chat.purge': ({ chat }) => remove(chat),
    'chat.emptyTrash': () => {
      for (const chat of [...world.chats.values()])
        if (chat.summary.deleted_at !== null) remove(chat.summary.id);
      return nothing;
    },
    'chat.branch': ({ message }) => {
      const last = world.message(message);
      const from = world.chat(last.chat);
      const chat = fresh(from.model, false);
      for (const id of from.path.slice(0, last.index + 1)) {
        const { role, text } = world.message(id);
        if (role === 'user') world.say(chat, role, text);
        else world.answer(chat, text, '');
      }
      changed(chat);
      return world.show(chat);
    },
    'chat.chooseModel': ({ chat, model }) =>
      change(chat, (kept) => {
        kept.model = model;
        world.settings = { ...world.settings, last_model: model };
      }),
    'chat.saveParameters': ({ chat, parameters }) => change(chat, (kept) => (kept.parameters = parameters)),
    'chat.saveDraft': ({ chat, text }) => {
      world.chat(chat).draft = text;
      return nothing;
    },
    'chat.send': ({ chat, text }) => {
      const kept = world.chat(chat);
      kept.draft = '';
      if (answering.busy(kept)) {
        const queued = { id: world.id(), text, held: null };
        kept.queue = [...kept.queue, queued];
        changed(kept);
        return { kind: 'queued', queued: queued.id };
      }
      const message = world.say(kept, 'user', text);
      return { kind: 'answering', message: message.id, answer: answering.begin(kept).id };
    },
    'chat.stop': ({ chat }) => {
      answering.stop(world.chat(chat));
      return nothing;
    },
    'chat.unqueue': ({ chat, queued }) =>
      change(chat, (kept) => (kept.queue = kept.queue.filter(({ id }) => id !== queued))),
    'chat.sendQueued': ({ queued }) => ({ kind: 'queued', queued }),
    'message.regenerate': ({ message }) => regenerate(world.message(message)),
    'message.continue': ({ message }) => regenerate(world.message(message)),
    'message.edit': ({ message, text }) => {
      const before = world.message(message);
      const chat = world.chat(before.chat);
      const edited = world.say(chat, before.role, text, before.index);
      world.change(edited.id, { edited: true });
      if (before.role === 'user') answering.begin(chat);
      changed(chat);
      return { message: edited.id };
    },
    'message.show': ({ message }) => {
      const wanted = world.message(message);
      return change(wanted.chat, (chat) => (chat.path = [...chat.path.slice(0, wanted.index), message]));
    },
    'message.delete': ({ message }) => {
      const gone = world.message(message);
      return change(gone.chat, (chat) => (chat.path = chat.path.slice(0, gone.index)));
    },
    'message.trash': () => [],
    'message.purge': () => nothing,
    'message.restore': ({ message }) => {
      const back = world.message(message);
      return change(back.chat, (chat) => (chat.path = [...chat.path.slice(0, back.index), message]));
    },
  };
}
