-- Marks the file as ours ("Ingl"), so that another program's database is never taken for it.
PRAGMA application_id = 1231972204;

CREATE TABLE chats (
    row          INTEGER PRIMARY KEY,
    id           TEXT    NOT NULL UNIQUE,
    title_person TEXT,                            -- what a person called it; stands before the automatic title
    title_auto   TEXT    NOT NULL DEFAULT '',
    pinned       INTEGER NOT NULL DEFAULT 0,
    model_id     TEXT,
    parameters   TEXT    NOT NULL DEFAULT '{}',   -- JSON
    draft        TEXT    NOT NULL DEFAULT '',
    created_at   INTEGER NOT NULL,                -- all times: milliseconds since 1970-01-01 UTC
    updated_at   INTEGER NOT NULL,
    deleted_at   INTEGER                          -- when it went to the trash
) STRICT;

-- A tree in every chat. `row` is the order of making, whatever the clock did.
CREATE TABLE messages (
    row           INTEGER PRIMARY KEY,
    id            TEXT    NOT NULL UNIQUE,
    chat_id       TEXT    NOT NULL REFERENCES chats (id),
    parent_id     TEXT    REFERENCES messages (id),
    depth         INTEGER NOT NULL,               -- 0 for a first message: the index on any path through it
    shown         INTEGER NOT NULL DEFAULT 0,     -- 1 on the path that is shown
    active_child  TEXT,                           -- the child last shown; a hint that may name a deleted one
    deleted_at    INTEGER,                        -- in the trash since
    deleted_with  TEXT,                           -- the message whose deletion took this one along (or this one)
    role          TEXT    NOT NULL,
    status        TEXT    NOT NULL,
    finish_reason TEXT,
    edited        INTEGER NOT NULL DEFAULT 0,
    created_at    INTEGER NOT NULL,
    reasoning_ms  INTEGER,
    answered_by   TEXT,                           -- JSON, as the following
    stats         TEXT,
    error         TEXT,
    tool_calls    TEXT    NOT NULL DEFAULT '[]',
    text          TEXT    NOT NULL,
    reasoning     TEXT    NOT NULL DEFAULT ''
) STRICT;

-- At most one message is shown at every depth; and a page of the path is one walk along this index.
CREATE UNIQUE INDEX messages_shown ON messages (chat_id, depth) WHERE shown = 1;
CREATE INDEX messages_shown_with_stats ON messages (chat_id, depth) WHERE shown = 1 AND stats IS NOT NULL;
CREATE INDEX messages_versions ON messages (chat_id, parent_id);
CREATE INDEX messages_parent ON messages (parent_id);
CREATE INDEX messages_unfinished ON messages (chat_id) WHERE status IN ('waiting', 'streaming');
CREATE INDEX messages_deleted ON messages (deleted_with) WHERE deleted_with IS NOT NULL;

-- Every message's text with the case of its letters folded, apart from it so that a search reads little else.
CREATE TABLE message_search (
    row    INTEGER PRIMARY KEY REFERENCES messages (row) ON DELETE CASCADE,
    folded TEXT    NOT NULL
) STRICT;

-- Texts that wait for the answer before them, in the order of `row`.
CREATE TABLE queue (
    row     INTEGER PRIMARY KEY,
    id      TEXT    NOT NULL UNIQUE,
    chat_id TEXT    NOT NULL REFERENCES chats (id),
    text    TEXT    NOT NULL,
    held    TEXT                                  -- JSON: why it was not sent when its turn came
) STRICT;
CREATE INDEX queue_chat ON queue (chat_id);

CREATE TABLE model_use (
    model_id     TEXT    PRIMARY KEY,
    last_used_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
