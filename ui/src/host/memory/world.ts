// The record of the world in memory: chats as trees of messages, models, settings.
import type {
  Abilities,
  Chat,
  ChatSummary,
  Download,
  DownloadId,
  FileDrop,
  FitRecord,
  HardwareUse,
  LedgerEntry,
  Message,
  ModelId,
  Parameters,
  QueuedMessage,
  TokenState,
} from '../../contract/bindings';
import { HostError } from '../host';
import { UNSET } from '../../contract/unset';
import { LocalServer } from './localServer';
import { AWAY_FOLDERS, broken, engineOf, models, newerOnHub } from './modelSeed';
import { hardware, inUse, settings, summaries } from './seed';
import { ANSWER, QUESTION, REASONING, SECOND, STREAMED } from './texts';

export interface KeptChat {
  summary: ChatSummary;
  model: string | null;
  parameters: Parameters;
  draft: string;
  queue: QueuedMessage[];
  /** The path that is shown. */
  path: string[];
}

export const missing = (what: string) =>
  new HostError({ code: 'not_found', message: `This ${what} does not exist any more.`, retryable: false });

export class World {
  /** What the desktop around it can do: a browser can do nothing of it. */
  abilities: Abilities = {
    pick_folder: false,
    reveal: false,
    open_link: false,
    start_at_login: false,
    tray: null,
  };
  startsAtLogin = false;
  settings = settings();
  hardware = hardware();
  /** What a look at the machine finds; looks are counted from 0. */
  look = (count: number): HardwareUse => inUse(this.hardware, count);
  lookEveryMs = 1_000;
  /** All that lie on its disks, those too in which nobody looks. */
  models = models(Date.now());
  /** Folders whose disk is not connected. */
  awayFolders = AWAY_FOLDERS;
  /** How fast its disk is read. */
  diskBytesPerS = 600e6;
  /** By model: what checking its files finds. */
  broken = broken();
  /** By repository: what the hub has that is newer. */
  newerOnHub = newerOnHub(Date.now());
  /** By download: the model whose files it brings anew. */
  readonly renewing = new Map<DownloadId, ModelId>();
  /** Whoever watches what is dragged over the window. */
  readonly drops = new Set<(event: FileDrop) => void>();
  notices: [] = [];
  newDraft = '';
  downloads: Download[] = [];
  loads: FitRecord[] = [];
  token: TokenState = { place: 'none', user: null, trouble: null };
  ledger: LedgerEntry[] = [];
  readonly server = new LocalServer();
  readonly chats = new Map<string, KeptChat>();
  readonly messages = new Map<string, Message>();
  #last = 0;

  constructor() {
    for (const summary of summaries(Date.now())) {
      const chat = this.keep(summary, this.settings.last_model);
      const slow = summary.title.startsWith('Fixing');
      this.say(chat, 'user', slow ? QUESTION : summary.title);
      this.answer(chat, slow ? ANSWER : STREAMED, slow ? REASONING : '');
      if (slow) {
        this.say(chat, 'user', SECOND);
        this.answer(chat, STREAMED, '');
      }
    }
  }

  id(): string {
    return `0198b000-0000-7000-8000-${String(++this.#last).padStart(12, '0')}`;
  }

  /** Notes that a host was contacted, and refuses where the settings do not let it. */
  contact(host: string, purpose: string, receivedBytes: number): void {
    const { offline, blocked_hosts } = this.settings;
    if (offline || blocked_hosts.includes(host)) {
      const message = offline
        ? 'Inglenook works offline: nothing leaves this machine until that is switched off.'
        : `Contacting ${host} is switched off.`;
      throw new HostError({ code: 'network_off', message, retryable: false });
    }
    const number = (this.ledger[0]?.number ?? 0) + 1;
    this.ledger = [
      { number, at: Date.now(), host, purpose, status: 200, sent_bytes: 412, received_bytes: receivedBytes },
      ...this.ledger,
    ];
  }

  keep(summary: ChatSummary, model: string | null): KeptChat {
    const chat: KeptChat = { summary, model, parameters: { ...UNSET }, draft: '', queue: [], path: [] };
    this.chats.set(summary.id, chat);
    return chat;
  }

  chat(id: string): KeptChat {
    const chat = this.chats.get(id);
    if (!chat) throw missing('chat');
    return chat;
  }

  message(id: string): Message {
    const message = this.messages.get(id);
    if (!message) throw missing('message');
    return message;
  }

  /** Notes which engine the person wants for the model. */
  chooseEngine(id: string, engine: string | null): void {
    const model = this.models.find((one) => one.id === id);
    if (!model) throw missing('model');
    const wanted = model.engines.find((one) => one.engine === engine);
    if (engine !== null && wanted?.refusal !== null) {
      const message = wanted?.refusal ?? `There is no engine "${engine}" here.`;
      throw new HostError({ code: 'model_unsupported', message, retryable: false });
    }
    const engines = model.engines.map((one) => ({ ...one, chosen: one.engine === engine }));
    const chosen = { ...model, engines, ...engineOf(engines) };
    this.models = this.models.map((one) => (one.id === id ? chosen : one));
  }

  /** A message at the end of the path, or another version in the place of `index`. */
  say(chat: KeptChat, role: Message['role'], text: string, index = chat.path.length): Message {
    const before = chat.path[index];
    const versions = before ? [...this.message(before).versions] : [];
    const id = this.id();
    versions.push(id);
    const message: Message = {
      id,
      chat: chat.summary.id,
      parent: chat.path[index - 1] ?? null,
      index,
      role,
      text,
      reasoning: '',
      reasoning_ms: null,
      tool_calls: [],
      status: 'done',
      finish_reason: null,
      error: null,
      stats: null,
      answered_by: null,
      edited: false,
      created_at: Date.now(),
      versions,
    };
    this.messages.set(id, message);
    for (const version of versions) this.messages.set(version, { ...this.message(version), versions });
    chat.path = [...chat.path.slice(0, index), id];
    if (!chat.summary.title && role === 'user') chat.summary.title = text.slice(0, 60);
    return this.message(id);
  }

  answer(chat: KeptChat, text: string, reasoning: string): Message {
    const message = this.say(chat, 'assistant', text);
    return this.change(message.id, {
      ...this.finished(chat, text),
      reasoning,
      reasoning_ms: reasoning ? 3_200 : null,
    });
  }

  finished(chat: KeptChat, text: string): Partial<Message> {
    const model = this.models.find(({ id }) => id === chat.model);
    const tokens = Math.round(text.length / 4);
    return {
      status: 'done',
      finish_reason: 'stop',
      answered_by: model ? { id: model.id, name: model.name, quantisation: model.quantisation } : null,
      stats: {
        prompt_tokens: 96 + tokens,
        cached_tokens: 40,
        completion_tokens: tokens,
        first_token_ms: 400,
        generation_ms: tokens * 85,
      },
    };
  }

  change(id: string, change: Partial<Message>): Message {
    const message = { ...this.message(id), ...change };
    this.messages.set(id, message);
    return message;
  }

  show(chat: KeptChat): Chat {
    const used = chat.path
      .map((id) => this.message(id).stats)
      .reduce((sum, stats) => sum + (stats ? stats.completion_tokens + 180 : 0), 0);
    return {
      summary: { ...chat.summary },
      model: chat.model,
      parameters: chat.parameters,
      draft: chat.draft,
      queue: chat.queue,
      message_count: chat.path.length,
      context_used: used || null,
    };
  }
}
