// Generated from the crate `inglenook-contract` by `make bindings`; do not edit.

/**
 * What a host can do that others cannot; a weaker one declines.
 */
export type Abilities = { 
/**
 * Can open a folder dialogue.
 */
pick_folder: boolean, 
/**
 * Can show a file in the file manager.
 */
reveal: boolean, 
/**
 * Can open a link in the system's browser.
 */
open_link: boolean, 
/**
 * Can be started when the person logs in.
 */
start_at_login: boolean, 
/**
 * Whether the system shows a tray, where the application is found once its window is closed; `None` where no
 * window of its own could be closed.
 */
tray: boolean | null, };

/**
 * What an answer's stream tells. The first event is always a [`AnswerEvent::Snapshot`], the last a
 * [`AnswerEvent::Ended`]. Between them a snapshot may come again (when writing begins); everything else adds.
 */
export type AnswerEvent = { "kind": "snapshot", 
/**
 * All of it.
 */
message: Message, } | { "kind": "prefill", 
/**
 * Prompt tokens read, those from the cache included.
 */
done: number, 
/**
 * Prompt tokens in all.
 */
total: number, } | { "kind": "delta", 
/**
 * To be added to the text.
 */
text?: string, 
/**
 * To be added to the reasoning.
 */
reasoning?: string, } | { "kind": "ended", 
/**
 * The answer as it was stored.
 */
message: Message, };

/**
 * What an answer took. Times are milliseconds.
 */
export type AnswerStats = { 
/**
 * Tokens in the prompt.
 */
prompt_tokens: number, 
/**
 * Of these, taken from the KV cache instead of computed again.
 */
cached_tokens: number, 
/**
 * Tokens written, reasoning included.
 */
completion_tokens: number, 
/**
 * From the request to the first token.
 */
first_token_ms: number, 
/**
 * From the first token to the last.
 */
generation_ms: number, };

/**
 * The model that wrote an answer, as it was called then.
 */
export type AnsweredBy = { 
/**
 * Which model; it may be gone by now.
 */
id: ModelId, 
/**
 * Its name.
 */
name: string, 
/**
 * Its quantisation, for example `Q4_K_M`.
 */
quantisation: string | null, };

/**
 * A copy of the database.
 */
export type Backup = { 
/**
 * Its file name.
 */
name: string, 
/**
 * When it was made, milliseconds since 1970-01-01 UTC.
 */
created_at: number, 
/**
 * How many chats are in it.
 */
chats: number, };

/**
 * Names a backup.
 */
export type BackupRef = { 
/**
 * Its file name.
 */
name: string, };

/**
 * A chat that begins with what a person says in it.
 */
export type BeginChat = { 
/**
 * The model that answers; `None` takes the one last used.
 */
model: ModelId | null, 
/**
 * In memory only.
 */
temporary: boolean, 
/**
 * What steers the answers; `Parameters::default()` leaves all of it to the defaults.
 */
parameters: Parameters, 
/**
 * What the person says.
 */
text: string, };

/**
 * Where a new chat begins.
 */
export type BranchChat = { 
/**
 * The last message that the new chat takes along.
 */
message: MessageId, };

/**
 * The kind of thing that changed.
 */
export type ChangeTag = "chats" | "chat" | "models" | "model_state" | "downloads" | "network" | "server" | "settings" | "status";

/**
 * One change. Events carry no data on purpose: the store is the record.
 */
export type Changed = { 
/**
 * What kind of thing changed.
 */
tag: ChangeTag, 
/**
 * Which one, where there are several.
 */
id?: string, };

/**
 * One chat without its messages.
 */
export type Chat = { 
/**
 * What the sidebar knows.
 */
summary: ChatSummary, 
/**
 * The model that answers next; `None` until one was chosen.
 */
model: ModelId | null, 
/**
 * What this chat says about its answers.
 */
parameters: Parameters, 
/**
 * What stands in the composer, not sent.
 */
draft: string, 
/**
 * Texts that go out when the answer before them is done, in order.
 */
queue: Array<QueuedMessage>, 
/**
 * Messages on the path that is shown.
 */
message_count: number, 
/**
 * Tokens that the last answer's prompt and text took, as the engine counted; `None` before the first.
 */
context_used: number | null, };

/**
 * A chat: a UUID version 7, so that text order is creation order. A temporary chat's begins with `temp-`.
 */
export type ChatId = string;

/**
 * Which chats to list.
 */
export type ChatListRequest = { 
/**
 * Only chats whose title or messages (in any version) hold this text; empty for all.
 */
search: string, 
/**
 * The trash instead of the chats.
 */
trash: boolean, };

/**
 * Names a chat.
 */
export type ChatRef = { 
/**
 * Which chat.
 */
chat: ChatId, };

/**
 * A chat as the sidebar shows it. Times are milliseconds since 1970-01-01 UTC.
 */
export type ChatSummary = { 
/**
 * Which chat.
 */
id: ChatId, 
/**
 * Its title: the person's, or the beginning of the first message, or empty while nothing was said.
 */
title: string, 
/**
 * Pinned chats stand first.
 */
pinned: boolean, 
/**
 * Lives in memory only and is gone with the application.
 */
temporary: boolean, 
/**
 * When it was made.
 */
created_at: number, 
/**
 * When something was last said in it.
 */
updated_at: number, 
/**
 * When it went to the trash; `None` outside it.
 */
deleted_at: number | null, 
/**
 * An answer is being written or waits for the model.
 */
answering: boolean, };

/**
 * Which engine runs a model.
 */
export type ChooseEngine = { 
/**
 * The model.
 */
model: ModelId, 
/**
 * The engine's name; `None` leaves the choice to the application.
 */
engine: string | null, };

/**
 * Another model for the next answers.
 */
export type ChooseModel = { 
/**
 * Which chat.
 */
chat: ChatId, 
/**
 * Which model.
 */
model: ModelId, };

/**
 * Where the data lies and what decided it.
 */
export type DataLocation = { 
/**
 * The folder in use.
 */
path: string, 
/**
 * `INGLENOOK_HOME` names it, so it cannot be changed here.
 */
from_environment: boolean, 
/**
 * The folder that the next start will use, where a person chose another.
 */
next: string | null, };

/**
 * A message in the trash, with what followed it and went there along.
 */
export type DeletedMessages = { 
/**
 * The first of them.
 */
message: MessageId, 
/**
 * Their chat.
 */
chat: ChatId, 
/**
 * What the chat is called.
 */
title: string, 
/**
 * How the first of them begins: 200 characters at most.
 */
text: string, 
/**
 * How many they are.
 */
count: number, 
/**
 * When they were deleted, milliseconds since 1970-01-01 UTC.
 */
deleted_at: number, };

/**
 * A disk.
 */
export type Disk = { 
/**
 * All its bytes.
 */
total_bytes: number, 
/**
 * Of these, what this user can still write.
 */
free_bytes: number, };

/**
 * One download.
 */
export type Download = { 
/**
 * Which.
 */
id: DownloadId, 
/**
 * `publisher/name`.
 */
repo: string, 
/**
 * Its name for people.
 */
name: string, 
/**
 * How the weights are quantised.
 */
quantisation: string | null, 
/**
 * How many files.
 */
files: number, 
/**
 * Bytes of all files.
 */
size_bytes: number, 
/**
 * Bytes that are here.
 */
done_bytes: number, 
/**
 * When it was asked for, milliseconds since 1970-01-01 UTC.
 */
added_at: number, 
/**
 * Where it stands.
 */
state: DownloadState, };

/**
 * A download: a UUID version 7, so that text order is the order in which they were asked for.
 */
export type DownloadId = string;

/**
 * Names a download.
 */
export type DownloadRef = { 
/**
 * Which.
 */
download: DownloadId, };

/**
 * Where a download stands.
 */
export type DownloadState = { "kind": "queued" } | { "kind": "running", 
/**
 * Bytes a second, over the last seconds; `None` before that is known.
 */
bytes_per_s: number | null, } | { "kind": "waiting", 
/**
 * Until when, milliseconds since 1970-01-01 UTC.
 */
until: number, 
/**
 * Why.
 */
error: ErrorInfo, } | { "kind": "verifying", 
/**
 * 0 to 1.
 */
fraction: number, } | { "kind": "paused" } | { "kind": "failed", 
/**
 * Why.
 */
error: ErrorInfo, } | { "kind": "done", 
/**
 * The model; `None` where it was deleted or moved since.
 */
model: ModelId | null, };

/**
 * A new version of a message.
 */
export type EditMessage = { 
/**
 * The message to make a version of.
 */
message: MessageId, 
/**
 * The new text. For a person's message an answer to it begins; for a model's it simply stands there.
 */
text: string, };

/**
 * An engine that may run a model.
 */
export type EngineChoice = { 
/**
 * Its name, for example `llama.cpp`.
 */
engine: string, 
/**
 * Why it does not run this model; `None` if it does.
 */
refusal: string | null, 
/**
 * The person chose it for this model.
 */
chosen: boolean, 
/**
 * How fast it ran this model on this machine; `None` before that is known.
 */
speed: EngineSpeed | null, };

/**
 * How fast an engine ran a model on this machine.
 */
export type EngineSpeed = { 
/**
 * Prompt tokens read in a second.
 */
prompt_tok_s: number, 
/**
 * Tokens written in a second.
 */
tok_s: number, };

/**
 * What kind of failure it was. The window keys severity and the mending action on it; nobody matches on text.
 */
export type ErrorCode = "invalid_request" | "not_found" | "busy" | "model_missing" | "model_unsupported" | "model_damaged" | "out_of_memory" | "no_model" | "engine_missing" | "processor_unsupported" | "engine_crashed" | "engine_failed" | "context_full" | "template_failed" | "cancelled" | "store_failed" | "store_damaged" | "store_too_new" | "disk_full" | "permission_denied" | "network_off" | "unreachable" | "rate_limited" | "access_needed" | "hub_failed" | "download_damaged" | "unavailable" | "internal";

/**
 * A failure as the window sees it.
 */
export type ErrorInfo = { 
/**
 * The kind of failure.
 */
code: ErrorCode, 
/**
 * What happened, in plain words, one or two sentences, ready to be shown.
 */
message: string, 
/**
 * What a developer or a bug report needs: the engine's own words, a path, the end of a log.
 */
detail?: string, 
/**
 * Whether the same request may succeed when tried again unchanged.
 */
retryable: boolean, 
/**
 * Milliseconds to wait before that, where a host asked for it.
 */
retry_in_ms?: number, };

/**
 * Files that are dragged over the window from another program.
 */
export type FileDrop = { "kind": "over" } | { "kind": "left" } | { "kind": "dropped", 
/**
 * Absolute paths of files and folders.
 */
paths: Array<string>, };

/**
 * Why an answer ended.
 */
export type FinishReason = "stop" | "length" | "tool_calls" | "cancelled";

/**
 * What can be said before a model is downloaded or loaded.
 */
export type Fit = { 
/**
 * The answer in a word.
 */
verdict: Verdict, 
/**
 * Bytes it will rest at with [`Fit::context`]; `None` where its header does not say enough.
 */
needs_bytes: number | null, 
/**
 * Bytes it will take at most while it is loaded.
 */
loading_bytes: number | null, 
/**
 * Of these, what every 1,024 tokens of context take.
 */
per_1k_bytes: number | null, 
/**
 * Bytes it may take: free now and what unloading others gives back, less a margin.
 */
budget_bytes: number, 
/**
 * Tokens of context that `needs_bytes` counts with.
 */
context: number, 
/**
 * The longest context that fits, tokens; `None` where not even a short one does.
 */
longest_context: number | null, 
/**
 * Tokens a second it may write, from and to; `None` where nothing is known to tell from.
 */
speed: SpeedRange | null, 
/**
 * How many loads on this machine the figures were corrected by.
 */
learnt_from: number, 
/**
 * The engine that would run it; `None` if none here can.
 */
engine: string | null, 
/**
 * Why none can.
 */
refusal: string | null, };

/**
 * What was predicted for a load, and what it took.
 */
export type FitRecord = { 
/**
 * The model's name.
 */
name: string, 
/**
 * Its quantisation.
 */
quantisation: string | null, 
/**
 * The engine that ran it.
 */
engine: string, 
/**
 * Tokens of context.
 */
context: number, 
/**
 * Bytes that were predicted, corrected by what was known then.
 */
predicted_bytes: number, 
/**
 * Bytes that it took.
 */
measured_bytes: number, 
/**
 * When, milliseconds since 1970-01-01 UTC.
 */
at: number, };

/**
 * Whose a folder of models is.
 */
export type FolderOwner = "built_in" | "own" | "added" | "hugging_face" | "ollama" | "lm_studio";

/**
 * Names a folder.
 */
export type FolderRef = { 
/**
 * Its absolute path; that of a file names the folder in which it lies.
 */
path: string, };

/**
 * How many bytes came back.
 */
export type Freed = { 
/**
 * Bytes.
 */
bytes: number, };

/**
 * A graphics card.
 */
export type Gpu = { 
/**
 * Its name.
 */
name: string, 
/**
 * Bytes of its own memory, where that can be told.
 */
memory_bytes: number | null, 
/**
 * It is known to compute in the machine's memory and to have none of its own.
 */
shares_memory: boolean, 
/**
 * What drives it, in words, where that can be told: `NVIDIA 570.86.15`, `amdgpu`.
 */
driver: string | null, };

/**
 * How much of a graphics card is in use. `None` for what its driver does not tell.
 */
export type GpuUse = { 
/**
 * Bytes of its own memory that are taken.
 */
memory_used_bytes: number | null, 
/**
 * The share of the time in which it computed, 0 to 1.
 */
busy: number | null, };

/**
 * The machine, as far as it matters for models.
 */
export type Hardware = { 
/**
 * The processor's name.
 */
processor: string, 
/**
 * Physical cores; not more than this program may use.
 */
cores: number, 
/**
 * Threads that run at once, of all that this program may use.
 */
threads: number, 
/**
 * The widest vector instructions, in words: `AVX-512`, `AVX2`, `NEON`; empty for none.
 */
vector: string, 
/**
 * What the processor says it can do that speeds up models, in words, the plain before the special: `AVX2`, `FMA`,
 * `AVX-512 VNNI`, `AMX`, `i8mm`.
 */
instructions: Array<string>, 
/**
 * Bytes of memory (a container's limit where that is lower).
 */
memory_bytes: number, 
/**
 * Of these, free for a model now.
 */
memory_free_bytes: number, 
/**
 * Graphics cards.
 */
gpus: Array<Gpu>, 
/**
 * The disk on which the data lies, where the system tells.
 */
disk: Disk | null, 
/**
 * What llama.cpp multiplies with here.
 */
kernels: Kernels, };

/**
 * How much of the machine is in use at one moment, whoever uses it.
 */
export type HardwareUse = { 
/**
 * Of the processors that this program may use (a container's limit counts), the share that was busy since the last
 * event, 0 to 1; `None` where the system does not tell.
 */
processor: number | null, 
/**
 * Bytes of memory (a container's limit where that is lower).
 */
memory_bytes: number, 
/**
 * Of these, free for a model now.
 */
memory_free_bytes: number, 
/**
 * Bytes that the models in memory take.
 */
models_bytes: number, 
/**
 * The graphics cards, in the order of [`Hardware::gpus`].
 */
gpus: Array<GpuUse>, 
/**
 * The disk on which the data lies, where the system tells.
 */
disk: Disk | null, };

/**
 * What the window needs before it can show anything.
 */
export type Hello = { 
/**
 * The application's version.
 */
version: string, 
/**
 * What this host can do besides.
 */
abilities: Abilities, 
/**
 * The settings.
 */
settings: Settings, 
/**
 * Where the data lies.
 */
data: DataLocation, 
/**
 * What the person should be told about it.
 */
notices: Array<Notice>, };

/**
 * A host that the application may contact, and why.
 */
export type HostEntry = { 
/**
 * Its name.
 */
host: string, 
/**
 * What it is contacted for.
 */
purpose: string, 
/**
 * Whether it may be contacted.
 */
allowed: boolean, 
/**
 * How often it was, as far as the ledger reaches.
 */
contacts: number, 
/**
 * Bytes that came from it, as far as the ledger reaches.
 */
received_bytes: number, 
/**
 * When it was last contacted, milliseconds since 1970-01-01 UTC.
 */
last_at: number | null, };

/**
 * Whether a repository's files may be fetched.
 */
export type HubAccess = "open" | "gated" | "needs_token";

/**
 * A repository with all that is worth knowing before a download.
 */
export type HubCard = { 
/**
 * As in the list.
 */
row: HubRow, 
/**
 * The commit that all of this describes.
 */
commit: string, 
/**
 * Whether its files may be fetched.
 */
access: HubAccess, 
/**
 * What may be done with it.
 */
licence: LicenceWords, 
/**
 * Architecture, as far as the hub tells it.
 */
architecture: string | null, 
/**
 * Tokens the model was trained to hold.
 */
context_length: number | null, 
/**
 * What it is good at, where the catalogue knows it.
 */
best_for: string | null, 
/**
 * The card, in Markdown; `None` where there is none.
 */
readme: string | null, 
/**
 * Its page on the hub.
 */
page: string, 
/**
 * What can be downloaded, small before large.
 */
items: Array<HubItem>, };

/**
 * How every item of a card fits; reading a header from the hub takes a moment, so it is asked for apart.
 */
export type HubFits = { 
/**
 * By item.
 */
items: Array<HubItemFit>, 
/**
 * The item to take on this machine.
 */
recommended: string | null, 
/**
 * Why that one.
 */
reason: string | null, 
/**
 * Architecture, from the header.
 */
architecture: string | null, 
/**
 * Number of weights, from the header.
 */
parameters: number | null, 
/**
 * Tokens the model was trained to hold, from the header.
 */
context_length: number | null, 
/**
 * Bytes that were read from the hub for this.
 */
read_bytes: number, };

/**
 * How models are stored on the hub.
 */
export type HubFormat = "gguf" | "safetensors" | "uqff" | "gptq" | "awq";

/**
 * One thing to download: a GGUF file with its parts, or a folder with safetensors.
 */
export type HubItem = { 
/**
 * Its name within the repository.
 */
item: string, 
/**
 * How the weights are stored; `None` for a format that no engine here reads.
 */
format: ModelFormat | null, 
/**
 * How the weights are quantised.
 */
quantisation: string | null, 
/**
 * Bytes of all files.
 */
size_bytes: number, 
/**
 * How many files.
 */
files: number, 
/**
 * Where it stands on this machine.
 */
state: HubItemState, };

/**
 * How one item fits.
 */
export type HubItemFit = { 
/**
 * Which.
 */
item: string, 
/**
 * How.
 */
fit: Fit, };

/**
 * Where a file of the hub stands on this machine.
 */
export type HubItemState = { "kind": "away" } | { "kind": "downloading", 
/**
 * The download.
 */
download: DownloadId, } | { "kind": "here", 
/**
 * The model.
 */
model: ModelId, };

/**
 * A page of results.
 */
export type HubPage = { 
/**
 * In the order asked for.
 */
rows: Array<HubRow>, 
/**
 * Where the next page begins; `None` at the end.
 */
cursor: string | null, 
/**
 * What was searched for names this very repository, or a file in it.
 */
exact: HubRepoRef | null, };

/**
 * Names a repository, a revision of it, a file in it.
 */
export type HubRepoRef = { 
/**
 * `publisher/name`.
 */
repo: string, 
/**
 * A branch, a tag or a commit; `None` is the main branch.
 */
revision: string | null, 
/**
 * The item that a pasted link meant.
 */
item: string | null, };

/**
 * A repository in the list.
 */
export type HubRow = { 
/**
 * `publisher/name`.
 */
repo: string, 
/**
 * Its name without the publisher.
 */
name: string, 
/**
 * Whose it is.
 */
publisher: string, 
/**
 * Downloads of the last month.
 */
downloads: number, 
/**
 * How many liked it.
 */
likes: number, 
/**
 * When it last changed, milliseconds since 1970-01-01 UTC.
 */
updated_at: number | null, 
/**
 * How its weights are stored.
 */
formats: Array<HubFormat>, 
/**
 * The licence's name; `None` where none is named.
 */
licence: string | null, 
/**
 * The licence allows everything.
 */
free_licence: boolean, 
/**
 * It sees.
 */
vision: boolean, 
/**
 * It knows tools.
 */
tools: boolean, 
/**
 * Its terms have to be accepted on the hub first.
 */
gated: boolean, 
/**
 * Number of weights, as far as name or page tell.
 */
parameters: number | null, };

/**
 * What is searched for.
 */
export type HubSearch = { 
/**
 * Words, `user/repository` or a pasted link; empty for what is popular.
 */
words: string, 
/**
 * The order.
 */
sort: HubSort, 
/**
 * Only what has a file that fits this machine, as far as the size can be told.
 */
fits: boolean, 
/**
 * Only this format.
 */
format: HubFormat | null, 
/**
 * Only under licences that allow everything.
 */
free_licence: boolean, 
/**
 * Only what sees.
 */
vision: boolean, 
/**
 * Only what knows tools.
 */
tools: boolean, 
/**
 * Only this size.
 */
size: SizeClass | null, 
/**
 * Goes on behind an earlier page.
 */
cursor: string | null, };

/**
 * How results are ordered.
 */
export type HubSort = "trending" | "downloads" | "likes" | "updated";

/**
 * The kernels of llama.cpp on this machine: the same arithmetic, built for one generation of processors after the
 * other.
 */
export type Kernels = { 
/**
 * Those in use, in words: `AVX-512 with VNNI and BF16`; `None` before the first model was loaded.
 */
used: string | null, 
/**
 * Better ones, in words, that crashed here although the processor claims to run them; they are left alone.
 */
crashed: string | null, };

/**
 * How the keys and values of what was read are stored.
 */
export type KvCache = "f16" | "q8_0";

/**
 * One contact with a host.
 */
export type LedgerEntry = { 
/**
 * Grows with every entry.
 */
number: number, 
/**
 * When it began, milliseconds since 1970-01-01 UTC.
 */
at: number, 
/**
 * The host's name.
 */
host: string, 
/**
 * What it was for.
 */
purpose: string, 
/**
 * The status it answered with; `None` where no answer came.
 */
status: number | null, 
/**
 * Bytes of the request.
 */
sent_bytes: number, 
/**
 * Bytes of the answer.
 */
received_bytes: number, };

/**
 * A page of the ledger, newest first.
 */
export type LedgerRequest = { 
/**
 * Entries before this number; `None` for the newest.
 */
before: number | null, };

/**
 * A licence in plain words.
 */
export type LicenceWords = { 
/**
 * Its name, for example `Apache 2.0`.
 */
name: string, 
/**
 * What one may do, in one or two sentences.
 */
summary: string, 
/**
 * What it asks for.
 */
asks: Array<string>, 
/**
 * It allows everything.
 */
free: boolean, 
/**
 * Where its text stands.
 */
link: string | null, };

/**
 * A link in a message that the person clicked.
 */
export type LinkRef = { 
/**
 * The address; only https and mailto are opened.
 */
url: string, };

/**
 * A model to load.
 */
export type LoadModel = { 
/**
 * Which model.
 */
model: ModelId, 
/**
 * Although it seems not to fit: the estimate may be wrong, and the person may know better.
 */
anyway: boolean, 
/**
 * Tokens that its context is to hold, at most what it was trained for; without it what is set for chats.
 */
context_length?: number, };

/**
 * How much the log tells.
 */
export type LogLevel = "error" | "warn" | "info" | "debug";

/**
 * A token that was just made.
 */
export type MadeServerToken = { 
/**
 * As it will be shown from now on.
 */
token: ServerToken, 
/**
 * The secret, shown this once.
 */
secret: string, };

/**
 * One message.
 */
export type Message = { 
/**
 * Which message.
 */
id: MessageId, 
/**
 * The chat it is in.
 */
chat: ChatId, 
/**
 * The message before it; `None` for the first.
 */
parent: MessageId | null, 
/**
 * Its place on the path, from 0.
 */
index: number, 
/**
 * Who speaks.
 */
role: Role, 
/**
 * What is said, Markdown for an answer.
 */
text: string, 
/**
 * What the model thought before it spoke; empty if it did not.
 */
reasoning: string, 
/**
 * How long it thought, milliseconds.
 */
reasoning_ms: number | null, 
/**
 * Tools it asks for.
 */
tool_calls: Array<ToolCall>, 
/**
 * How far it is.
 */
status: MessageStatus, 
/**
 * Why it ended.
 */
finish_reason: FinishReason | null, 
/**
 * Why it failed.
 */
error: ErrorInfo | null, 
/**
 * What it took.
 */
stats: AnswerStats | null, 
/**
 * Who wrote it.
 */
answered_by: AnsweredBy | null, 
/**
 * A person changed this text (an edited version).
 */
edited: boolean, 
/**
 * When it was made, milliseconds since 1970-01-01 UTC.
 */
created_at: number, 
/**
 * All versions at this place, in order of making, this one among them; one entry if there is only this.
 */
versions: Array<MessageId>, };

/**
 * A message in the tree of a chat: a UUID version 7. In a temporary chat it begins with `temp-`.
 */
export type MessageId = string;

/**
 * A page of messages.
 */
export type MessagePage = { 
/**
 * In the order of the path.
 */
messages: Array<Message>, 
/**
 * How many the whole path has.
 */
total: number, };

/**
 * A page of the path that is shown, oldest first.
 */
export type MessagePageRequest = { 
/**
 * Which chat.
 */
chat: ChatId, 
/**
 * Index on the path of the first message wanted, from 0; `None` takes the last `limit` messages.
 */
from: number | null, 
/**
 * How many at most, 1 to 400.
 */
limit: number, };

/**
 * Names a message.
 */
export type MessageRef = { 
/**
 * Which message.
 */
message: MessageId, };

/**
 * How far a message is.
 */
export type MessageStatus = "waiting" | "streaming" | "done" | "stopped" | "cut" | "failed";

/**
 * A model as the library and the picker show it.
 */
export type Model = { 
/**
 * Which model.
 */
id: ModelId, 
/**
 * Its name for people: from its header, else from the file.
 */
name: string, 
/**
 * How the weights are stored.
 */
format: ModelFormat, 
/**
 * The file (the first of several) or the folder.
 */
path: string, 
/**
 * How many files it has.
 */
files: number, 
/**
 * Bytes on disk, all files.
 */
size_bytes: number, 
/**
 * Architecture as the header names it, for example `qwen3`.
 */
architecture: string, 
/**
 * Number of weights.
 */
parameters: number | null, 
/**
 * How the weights are quantised, for example `Q4_K_M` or `BF16`.
 */
quantisation: string | null, 
/**
 * Tokens the model was trained to hold.
 */
context_length: number | null, 
/**
 * The template in the file can ask the model to reason aloud.
 */
thinks: boolean, 
/**
 * The template in the file knows tools.
 */
tools: boolean, 
/**
 * Whose folder it lies in.
 */
owner: FolderOwner, 
/**
 * Where it was downloaded from; `None` for what was not downloaded here.
 */
origin: ModelOrigin | null, 
/**
 * The hub's newer one, where updates were looked for and found.
 */
update: ModelUpdate | null, 
/**
 * It is known what its files have to be, so that they can be checked.
 */
verifiable: boolean, 
/**
 * Why it cannot be deleted here, in words; `None` if it can.
 */
undeletable: string | null, 
/**
 * The engine that would chat with it; `None` if none here can.
 */
engine: string | null, 
/**
 * Why this engine, in a few words for people: `fastest here`, `you chose it`; empty where there is none.
 */
engine_reason: string, 
/**
 * Every engine, with what it would do with this model; the preferred one first.
 */
engines: Array<EngineChoice>, 
/**
 * Why no engine here can chat with it.
 */
unsupported: ErrorInfo | null, 
/**
 * It makes vectors of texts, for programs that ask the local server; it does not chat.
 */
embeds: boolean, 
/**
 * The knobs that its engine takes.
 */
takes: Array<Parameter>, 
/**
 * What holds in a chat that says nothing: the person's defaults over those for this model.
 */
defaults: Parameters, 
/**
 * Where it stands.
 */
state: ModelState, 
/**
 * When it last answered, milliseconds since 1970-01-01 UTC.
 */
last_used_at: number | null, };

/**
 * A folder with models.
 */
export type ModelFolder = { 
/**
 * Its path.
 */
path: string, 
/**
 * Whose it is.
 */
owner: FolderOwner, 
/**
 * Why it could not be read.
 */
error: ErrorInfo | null, 
/**
 * Its disk is not connected; its models are remembered.
 */
away: boolean, 
/**
 * The person does not want it looked in; only other programs' folders can be left out.
 */
ignored: boolean, 
/**
 * How many models are in it, or were when it was last there.
 */
models: number, 
/**
 * Bytes of these.
 */
size_bytes: number, };

/**
 * How the weights are stored.
 */
export type ModelFormat = "gguf" | "safetensors";

/**
 * A model on this machine: the first 16 hex digits of the SHA-256 of its path, so it survives a restart
 * and says nothing about where the file lies.
 */
export type ModelId = string;

/**
 * The models of all folders.
 */
export type ModelList = { 
/**
 * By name.
 */
models: Array<Model>, 
/**
 * The folders, each with what is wrong with it.
 */
folders: Array<ModelFolder>, 
/**
 * Files that look like models but are damaged, with the reason.
 */
rejected: Array<RejectedFile>, };

/**
 * Where a model was downloaded from.
 */
export type ModelOrigin = { 
/**
 * The repository, `publisher/name`.
 */
repo: string, 
/**
 * The commit, 40 hex digits.
 */
commit: string, 
/**
 * When it had come, milliseconds since 1970-01-01 UTC.
 */
finished_at: number, };

/**
 * Names a model.
 */
export type ModelRef = { 
/**
 * Which model.
 */
model: ModelId, };

/**
 * Where a model stands between disk and memory.
 */
export type ModelState = { "kind": "unloaded" } | { "kind": "loading", 
/**
 * 0 to 1; `None` while it cannot be told.
 */
fraction: number | null, } | { "kind": "away" } | { "kind": "ready", 
/**
 * Tokens it was loaded with.
 */
context_length: number, 
/**
 * Bytes its process takes.
 */
memory_bytes: number, 
/**
 * When it will be unloaded if nobody asks it anything, milliseconds since 1970-01-01 UTC; `None` for never.
 */
unload_at: number | null, } | { "kind": "failed", 
/**
 * Why.
 */
error: ErrorInfo, };

/**
 * A newer version of a model on the hub.
 */
export type ModelUpdate = { 
/**
 * The commit that it is of, 40 hex digits.
 */
commit: string, 
/**
 * Bytes of the files that are others now.
 */
changed_bytes: number, 
/**
 * When the repository was last changed, milliseconds since 1970-01-01 UTC.
 */
updated_at: number | null, };

/**
 * Another place for the data, from the next start on.
 */
export type MoveData = { 
/**
 * An absolute path; `None` takes a planned move back.
 */
path: string | null, };

/**
 * Another place in the queue.
 */
export type MoveDownload = { 
/**
 * Which.
 */
download: DownloadId, 
/**
 * In front of which; `None` puts it last.
 */
before: DownloadId | null, };

/**
 * A new chat.
 */
export type NewChat = { 
/**
 * The model to begin with; `None` takes the one last used.
 */
model: ModelId | null, 
/**
 * In memory only.
 */
temporary: boolean, };

/**
 * What stands in the composer of the chat that does not exist yet.
 */
export type NewDraft = { 
/**
 * The whole text.
 */
text: string, };

/**
 * A token to be made.
 */
export type NewServerToken = { 
/**
 * What it is for.
 */
name: string, 
/**
 * What its holder may do; at least one.
 */
scopes: Array<TokenScope>, };

/**
 * A token of the hub.
 */
export type NewToken = { 
/**
 * As the hub shows it: `hf_…`.
 */
token: string, };

/**
 * Where something stands in the application's own words: an empty request or an empty answer.
 */
export type Nothing = Record<symbol, never>;

/**
 * Something about the data on disk that the person should know.
 */
export type Notice = { "kind": "database_set_aside", 
/**
 * Where the damaged one lies now.
 */
path: string, 
/**
 * Backups that could be restored, newest first.
 */
backups: Array<Backup>, } | { "kind": "settings_set_aside", 
/**
 * Where it lies now.
 */
path: string, } | { "kind": "data_moved", 
/**
 * Where it came from; it still lies there.
 */
from: string, } | { "kind": "data_not_moved", 
/**
 * Why.
 */
error: ErrorInfo, };

/**
 * One knob of [`Parameters`], by name, so that an engine can say which it takes.
 */
export type Parameter = "temperature" | "top_p" | "top_k" | "min_p" | "repeat_penalty" | "presence_penalty" | "frequency_penalty" | "max_tokens" | "stop" | "seed" | "context_length" | "thinking" | "kv_cache";

/**
 * What steers the answers of one chat. `None` means "the default": the application's where the person set one,
 * else the model's own, else the engine's.
 */
export type Parameters = { 
/**
 * Put in front of the conversation as its system message; empty for none.
 */
system_prompt: string, 
/**
 * Softmax temperature, 0 to 2; 0 is greedy.
 */
temperature: number | null, 
/**
 * Nucleus sampling: the smallest set of tokens whose probabilities reach this sum, 0 to 1.
 */
top_p: number | null, 
/**
 * Only the k most likely tokens, 0 (off) to 1,000.
 */
top_k: number | null, 
/**
 * Only tokens at least this likely relative to the likeliest, 0 to 1.
 */
min_p: number | null, 
/**
 * Divides the logits of tokens that stand in the text already, 0.5 to 2; 1 is off.
 */
repeat_penalty: number | null, 
/**
 * Subtracted from the logit of every token that stands in the answer already, −2 to 2.
 */
presence_penalty: number | null, 
/**
 * Subtracted from a token's logit once per time it stands in the answer, −2 to 2.
 */
frequency_penalty: number | null, 
/**
 * Most tokens in one answer; `None` is as many as the context holds.
 */
max_tokens: number | null, 
/**
 * The answer ends before any of these texts; at most 8 of at most 200 characters.
 */
stop: Array<string>, 
/**
 * Same seed, same parameters, same conversation: same answer. `None` draws a new one each time.
 */
seed: number | null, 
/**
 * Tokens the model is loaded with; `None` lets the application choose.
 */
context_length: number | null, 
/**
 * Whether a model that can reason aloud does so.
 */
thinking: boolean | null, 
/**
 * How the model keeps what it has read; `None` is [`KvCache::F16`].
 */
kv_cache: KvCache | null, };

/**
 * One of the three picks of the first start.
 */
export type PickClass = "small" | "balanced" | "best";

/**
 * A folder that the person picked in a dialogue.
 */
export type PickedFolder = { 
/**
 * Its path; `None` if the dialogue was closed.
 */
path: string | null, };

/**
 * Pin or unpin.
 */
export type PinChat = { 
/**
 * Which chat.
 */
chat: ChatId, 
/**
 * Whether it stands first from now on.
 */
pinned: boolean, };

/**
 * A text that waits in a chat until the answer before it is done: a UUID version 7.
 */
export type QueuedId = string;

/**
 * A text that waits for the answer before it.
 */
export type QueuedMessage = { 
/**
 * Which one.
 */
id: QueuedId, 
/**
 * What the person wrote.
 */
text: string, 
/**
 * Why it was not sent when its turn came, for example after a restart; `None` while it simply waits.
 */
held: ErrorInfo | null, };

/**
 * A text taken out of the queue, or sent at once.
 */
export type QueuedRef = { 
/**
 * Which chat.
 */
chat: ChatId, 
/**
 * Which text.
 */
queued: QueuedId, };

/**
 * A model of the catalogue, for this machine.
 */
export type Recommendation = { 
/**
 * Where it lies on the hub.
 */
repo: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Who made it.
 */
publisher: string, 
/**
 * What it is good at.
 */
best_for: string, 
/**
 * Why it stands here, for this machine.
 */
reason: string, 
/**
 * `small`, `balanced` or `best` among those for the first start.
 */
class: PickClass | null, 
/**
 * The quantisation to take here.
 */
quantisation: string, 
/**
 * Bytes to download, about.
 */
size_bytes: number, 
/**
 * Bytes of memory it will take, about.
 */
needs_bytes: number, 
/**
 * It fits.
 */
fits: boolean, 
/**
 * Number of weights.
 */
parameters: number, 
/**
 * The licence's name.
 */
licence: string, 
/**
 * The licence allows everything.
 */
free_licence: boolean, };

/**
 * A file that is not the model it seems to be.
 */
export type RejectedFile = { 
/**
 * Its path.
 */
path: string, 
/**
 * Why.
 */
error: ErrorInfo, };

/**
 * A new title, by a person.
 */
export type RenameChat = { 
/**
 * Which chat.
 */
chat: ChatId, 
/**
 * The title; empty gives the automatic one back. At most 200 characters are kept.
 */
title: string, };

/**
 * Who speaks.
 */
export type Role = "user" | "assistant" | "tool";

/**
 * The composer's text, kept so that it is not lost.
 */
export type SaveDraft = { 
/**
 * Which chat.
 */
chat: ChatId, 
/**
 * The whole text.
 */
text: string, };

/**
 * New parameters for a chat, all of them.
 */
export type SaveParameters = { 
/**
 * Which chat.
 */
chat: ChatId, 
/**
 * The whole set; `Parameters::default()` is a reset.
 */
parameters: Parameters, };

/**
 * What a person says.
 */
export type SendMessage = { 
/**
 * In which chat.
 */
chat: ChatId, 
/**
 * The text; not empty.
 */
text: string, };

/**
 * What became of a sent text.
 */
export type Sent = { "kind": "answering", 
/**
 * The person's message.
 */
message: MessageId, 
/**
 * The answer.
 */
answer: MessageId, } | { "kind": "queued", 
/**
 * The waiting text.
 */
queued: QueuedId, };

/**
 * What holds for one model when programs ask it.
 */
export type ServedModel = { 
/**
 * Which model.
 */
model: ModelId, 
/**
 * Further names that it answers to.
 */
aliases: Array<string>, 
/**
 * Minutes without a question after which it is unloaded, in the place of the general setting; 0 for never.
 */
idle_unload_minutes: number | null, };

/**
 * The name by which programs ask for a model.
 */
export type ServedName = { 
/**
 * The model.
 */
model: ModelId, 
/**
 * Its name.
 */
name: string, };

/**
 * A request that the local server was sent.
 */
export type ServerRequest = { 
/**
 * Its number, counted from the start of the application.
 */
number: number, 
/**
 * When it came, milliseconds since 1970-01-01 UTC.
 */
at: number, 
/**
 * `GET`, `POST`…
 */
method: string, 
/**
 * The path, without what follows a question mark.
 */
path: string, 
/**
 * The name of the token it showed; `None` without one.
 */
token: string | null, 
/**
 * The model that was asked, by its name for people.
 */
model: string | null, 
/**
 * The status of the answer; `None` while there is none.
 */
status: number | null, 
/**
 * The answer is whole, or broke off.
 */
ended: boolean, 
/**
 * Tokens of the prompt.
 */
prompt_tokens: number | null, 
/**
 * Tokens that were written.
 */
completion_tokens: number | null, 
/**
 * Tokens written in a second.
 */
tok_s: number | null, 
/**
 * From the request to the first token, milliseconds.
 */
first_token_ms: number | null, 
/**
 * From the request to the end of the answer, milliseconds; `None` until then.
 */
took_ms: number | null, 
/**
 * What went wrong, in words; also when the client went away in the middle.
 */
error: string | null, 
/**
 * What was asked, where that is kept.
 */
request_body: string | null, 
/**
 * What was answered, where that is kept.
 */
response_body: string | null, };

/**
 * What happens to requests.
 */
export type ServerRequestEvent = { "kind": "all", 
/**
 * The requests.
 */
requests: Array<ServerRequest>, } | { "kind": "changed", 
/**
 * As it is now.
 */
request: ServerRequest, };

/**
 * How the local server is set. What changes takes effect at once, also while it runs.
 */
export type ServerSettings = { 
/**
 * It is switched on when the application starts.
 */
start_with_app: boolean, 
/**
 * While it is on, closing the window leaves the application running in the tray, where there is one.
 */
keep_serving: boolean, 
/**
 * The port it listens on, 1 to 65535.
 */
port: number, 
/**
 * Other machines of the network may use it; every request needs a token then.
 */
lan: boolean, 
/**
 * Requests from this machine need a token too.
 */
require_token: boolean, 
/**
 * Web pages that may use it, exact origins such as `http://localhost:3000`.
 */
origins: Array<string>, 
/**
 * Further names of this machine that requests may be addressed to, without a port.
 */
hosts: Array<string>, 
/**
 * Answers that are written at once, 1 to 32.
 */
parallel: number, 
/**
 * Requests that may wait beyond those, 0 to 1,000.
 */
queue: number, 
/**
 * A model that is asked for is loaded; otherwise only loaded ones answer.
 */
load_on_demand: boolean, 
/**
 * The log of requests keeps what was asked and answered, in memory alone.
 */
log_bodies: boolean, 
/**
 * What holds for single models.
 */
models: Array<ServedModel>, };

/**
 * Whether the local server runs.
 */
export type ServerState = { "kind": "off" } | { "kind": "running", 
/**
 * Where programs on this machine reach it, for example `http://127.0.0.1:1234`.
 */
address: string, 
/**
 * Where other machines reach it; empty unless they may.
 */
lan: Array<string>, } | { "kind": "failed", 
/**
 * Why.
 */
error: ErrorInfo, };

/**
 * The local server as it is now.
 */
export type ServerStatus = { 
/**
 * Whether it runs.
 */
state: ServerState, 
/**
 * The name by which programs ask for each model.
 */
names: Array<ServedName>, };

/**
 * A token as it is shown once it exists: its secret is not kept.
 */
export type ServerToken = { 
/**
 * Which token.
 */
id: TokenId, 
/**
 * What the person called it.
 */
name: string, 
/**
 * What its holder may do.
 */
scopes: Array<TokenScope>, 
/**
 * The end of its secret, to tell it from others.
 */
ending: string, 
/**
 * When it was made, milliseconds since 1970-01-01 UTC.
 */
created_at: number, 
/**
 * When it was last used, to the minute; `None` for never.
 */
last_used_at: number | null, };

/**
 * Names a token.
 */
export type ServerTokenRef = { 
/**
 * Which token.
 */
token: TokenId, };

/**
 * Everything a person can set.
 */
export type Settings = { 
/**
 * Light or dark.
 */
theme: Theme, 
/**
 * Size of the text in chats, pixels, 12 to 22.
 */
text_size: number, 
/**
 * Folders with models, absolute paths, besides the application's own.
 */
model_folders: Array<string>, 
/**
 * Folders of other programs that are not looked in, absolute paths.
 */
ignored_folders: Array<string>, 
/**
 * What chats begin with where they set nothing themselves.
 */
defaults: Parameters, 
/**
 * Minutes without a question after which a model is unloaded; 0 for never.
 */
idle_unload_minutes: number, 
/**
 * Models that stay in memory beside each other, where there is room; 1 to 16.
 */
models_in_memory: number, 
/**
 * How much the log tells.
 */
log_level: LogLevel, 
/**
 * Nothing leaves this machine.
 */
offline: boolean, 
/**
 * Hosts that are not contacted, in lower case; hosts below them neither.
 */
blocked_hosts: Array<string>, 
/**
 * The address of the hub, or of a mirror; empty takes `HF_ENDPOINT`, else huggingface.co.
 */
hub_endpoint: string, 
/**
 * The address of a proxy; empty takes what the system says.
 */
proxy: string, 
/**
 * The local server.
 */
server: ServerSettings, 
/**
 * The model that a new chat begins with: the last one chosen.
 */
last_model: ModelId | null, 
/**
 * The first start was done.
 */
welcomed: boolean, };

/**
 * How large models may be, by their number of weights.
 */
export type SizeClass = "small" | "medium" | "large" | "huge";

/**
 * From and to, tokens a second.
 */
export type SpeedRange = { 
/**
 * At least, tokens a second.
 */
from: number, 
/**
 * At most, tokens a second.
 */
to: number, };

/**
 * Whether the application is started, without its window and with its server on, when the person logs in.
 */
export type StartAtLogin = { 
/**
 * It is.
 */
on: boolean, };

/**
 * Something to download.
 */
export type StartDownload = { 
/**
 * `publisher/name`.
 */
repo: string, 
/**
 * A branch, a tag or a commit; `None` is the main branch.
 */
revision: string | null, 
/**
 * The item of the repository's card; `None` takes the one recommended for this machine, of this quantisation
 * where one is named.
 */
item: string | null, 
/**
 * The quantisation to look for where no item is named.
 */
quantisation: string | null, };

/**
 * Switches the local server.
 */
export type SwitchServer = { 
/**
 * On or off.
 */
on: boolean, };

/**
 * Light, dark, or as the system says.
 */
export type Theme = "system" | "light" | "dark";

/**
 * A token of the local server: a UUID version 7, so that text order is the order in which they were made.
 */
export type TokenId = string;

/**
 * Where the token of the hub is.
 */
export type TokenPlace = "none" | "keyring" | "session" | "environment";

/**
 * What the holder of a token may do. Each includes nothing of the others.
 */
export type TokenScope = "read" | "generate" | "manage";

/**
 * What is known of the hub's token. The token itself never comes back.
 */
export type TokenState = { 
/**
 * Where it is.
 */
place: TokenPlace, 
/**
 * Whose it is, where that was asked.
 */
user: string | null, 
/**
 * Why the keyring could not be used.
 */
trouble: string | null, };

/**
 * A tool that the model wants to be called.
 */
export type ToolCall = { 
/**
 * The call's name in this conversation, for the result to refer to.
 */
id: string, 
/**
 * The tool.
 */
name: string, 
/**
 * The arguments, a JSON object as text, exactly as the model wrote it.
 */
arguments: string, };

/**
 * What looking for newer versions came to.
 */
export type UpdateCheck = { 
/**
 * Downloaded models that were looked up.
 */
looked_up: number, 
/**
 * Of these, how many have a newer version.
 */
newer: number, 
/**
 * What could not be looked up, a sentence each with the reason.
 */
failed: Array<string>, };

/**
 * Whether another program's folder is looked in.
 */
export type UseFolder = { 
/**
 * Its path, as the list of folders has it.
 */
path: string, 
/**
 * Whether its models are wanted.
 */
used: boolean, };

/**
 * The answer in a word.
 */
export type Verdict = { "kind": "fits" } | { "kind": "fits_up_to", 
/**
 * Tokens.
 */
tokens: number, } | { "kind": "partly_on_processor" } | { "kind": "does_not_fit" } | { "kind": "no_engine" } | { "kind": "unknown" };

/**
 * How checking a model's files gets on.
 */
export type VerifyEvent = { "kind": "progress", 
/**
 * Bytes that were read.
 */
done_bytes: number, 
/**
 * Bytes of all files.
 */
total_bytes: number, } | { "kind": "done", 
/**
 * Files that were checked.
 */
files: number, 
/**
 * What is wrong, a sentence each; empty where everything is as it came.
 */
problems: Array<string>, } | { "kind": "failed", 
/**
 * Why.
 */
error: ErrorInfo, };

export interface Calls {
  "app.hello": { request: Nothing; response: Hello };
  "app.notices": { request: Nothing; response: Array<Notice> };
  "app.dismissNotices": { request: Nothing; response: Nothing };
  "app.backups": { request: Nothing; response: Array<Backup> };
  "app.restoreBackup": { request: BackupRef; response: Nothing };
  "chat.list": { request: ChatListRequest; response: Array<ChatSummary> };
  "chat.get": { request: ChatRef; response: Chat };
  "chat.messages": { request: MessagePageRequest; response: MessagePage };
  "chat.create": { request: NewChat; response: Chat };
  "chat.begin": { request: BeginChat; response: Chat };
  "chat.newDraft": { request: Nothing; response: NewDraft };
  "chat.saveNewDraft": { request: NewDraft; response: Nothing };
  "chat.rename": { request: RenameChat; response: Nothing };
  "chat.pin": { request: PinChat; response: Nothing };
  "chat.delete": { request: ChatRef; response: Nothing };
  "chat.restore": { request: ChatRef; response: Nothing };
  "chat.purge": { request: ChatRef; response: Nothing };
  "chat.emptyTrash": { request: Nothing; response: Nothing };
  "chat.branch": { request: BranchChat; response: Chat };
  "chat.chooseModel": { request: ChooseModel; response: Nothing };
  "chat.saveParameters": { request: SaveParameters; response: Nothing };
  "chat.saveDraft": { request: SaveDraft; response: Nothing };
  "chat.send": { request: SendMessage; response: Sent };
  "chat.stop": { request: ChatRef; response: Nothing };
  "chat.unqueue": { request: QueuedRef; response: Nothing };
  "chat.sendQueued": { request: QueuedRef; response: Sent };
  "message.regenerate": { request: MessageRef; response: MessageRef };
  "message.continue": { request: MessageRef; response: MessageRef };
  "message.edit": { request: EditMessage; response: MessageRef };
  "message.show": { request: MessageRef; response: Nothing };
  "message.delete": { request: MessageRef; response: Nothing };
  "message.restore": { request: MessageRef; response: Nothing };
  "message.trash": { request: Nothing; response: Array<DeletedMessages> };
  "message.purge": { request: MessageRef; response: Nothing };
  "model.list": { request: Nothing; response: ModelList };
  "model.rescan": { request: Nothing; response: ModelList };
  "model.load": { request: LoadModel; response: Nothing };
  "model.unload": { request: ModelRef; response: Nothing };
  "model.chooseEngine": { request: ChooseEngine; response: Nothing };
  "model.reveal": { request: ModelRef; response: Nothing };
  "model.delete": { request: ModelRef; response: Freed };
  "model.findUpdates": { request: Nothing; response: UpdateCheck };
  "model.update": { request: ModelRef; response: DownloadRef };
  "folder.add": { request: FolderRef; response: ModelList };
  "folder.use": { request: UseFolder; response: ModelList };
  "folder.remove": { request: FolderRef; response: ModelList };
  "hub.search": { request: HubSearch; response: HubPage };
  "hub.card": { request: HubRepoRef; response: HubCard };
  "hub.fits": { request: HubRepoRef; response: HubFits };
  "hub.recommended": { request: Nothing; response: Array<Recommendation> };
  "hub.picks": { request: Nothing; response: Array<Recommendation> };
  "hub.token": { request: Nothing; response: TokenState };
  "hub.saveToken": { request: NewToken; response: TokenState };
  "hub.forgetToken": { request: Nothing; response: TokenState };
  "download.list": { request: Nothing; response: Array<Download> };
  "download.start": { request: StartDownload; response: DownloadRef };
  "download.pause": { request: DownloadRef; response: Nothing };
  "download.resume": { request: DownloadRef; response: Nothing };
  "download.cancel": { request: DownloadRef; response: Freed };
  "download.move": { request: MoveDownload; response: Nothing };
  "download.clear": { request: Nothing; response: Nothing };
  "network.hosts": { request: Nothing; response: Array<HostEntry> };
  "network.ledger": { request: LedgerRequest; response: Array<LedgerEntry> };
  "network.clearLedger": { request: Nothing; response: Nothing };
  "server.status": { request: Nothing; response: ServerStatus };
  "server.switch": { request: SwitchServer; response: ServerStatus };
  "server.tokens": { request: Nothing; response: Array<ServerToken> };
  "server.makeToken": { request: NewServerToken; response: MadeServerToken };
  "server.revokeToken": { request: ServerTokenRef; response: Nothing };
  "server.clearRequests": { request: Nothing; response: Nothing };
  "settings.get": { request: Nothing; response: Settings };
  "settings.save": { request: Settings; response: Settings };
  "settings.data": { request: Nothing; response: DataLocation };
  "settings.moveData": { request: MoveData; response: DataLocation };
  "hardware.get": { request: Nothing; response: Hardware };
  "hardware.loads": { request: Nothing; response: Array<FitRecord> };
  "hardware.retryKernels": { request: Nothing; response: Nothing };
  "desktop.pickFolder": { request: Nothing; response: PickedFolder };
  "desktop.openLink": { request: LinkRef; response: Nothing };
  "desktop.startAtLogin": { request: Nothing; response: StartAtLogin };
  "desktop.setStartAtLogin": { request: StartAtLogin; response: Nothing };
}

export interface Streams {
  "app.changes": { request: Nothing; response: Array<Changed> };
  "model.verify": { request: ModelRef; response: VerifyEvent };
  "desktop.drops": { request: Nothing; response: FileDrop };
  "server.requests": { request: Nothing; response: ServerRequestEvent };
  "message.watch": { request: MessageRef; response: AnswerEvent };
  "hardware.watch": { request: Nothing; response: HardwareUse };
}
