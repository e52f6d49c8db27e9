-- What a person asked to download, until it is cleared away. What runs now is written nowhere: after a start, whatever
-- is queued goes on.
CREATE TABLE downloads (
    id           TEXT    PRIMARY KEY,
    -- Lower comes first.
    place        INTEGER NOT NULL,
    added_at     INTEGER NOT NULL,
    repo         TEXT    NOT NULL,
    revision     TEXT    NOT NULL,
    item         TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    quantisation TEXT,
    size_bytes   INTEGER NOT NULL,
    -- JSON: a list of path, bytes and sha256.
    files        TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('queued', 'paused', 'failed', 'done')),
    -- JSON, with the state 'failed' only.
    error        TEXT
) STRICT;

-- Every contact with a host on the network.
CREATE TABLE contacts (
    number         INTEGER PRIMARY KEY AUTOINCREMENT,
    at             INTEGER NOT NULL,
    host           TEXT    NOT NULL,
    purpose        TEXT    NOT NULL,
    status         INTEGER,
    sent_bytes     INTEGER NOT NULL,
    received_bytes INTEGER NOT NULL
) STRICT;
CREATE INDEX contacts_by_host ON contacts (host);

-- What loads were predicted to take, and took.
CREATE TABLE fit_records (
    number          INTEGER PRIMARY KEY AUTOINCREMENT,
    at              INTEGER NOT NULL,
    name            TEXT    NOT NULL,
    architecture    TEXT    NOT NULL,
    quantisation    TEXT,
    engine          TEXT    NOT NULL,
    context         INTEGER NOT NULL,
    -- Before any correction, and how much of it the header says exactly.
    estimated_bytes INTEGER NOT NULL,
    exact_bytes     INTEGER NOT NULL,
    -- As it was shown, corrected by what was known then.
    predicted_bytes INTEGER NOT NULL,
    measured_bytes  INTEGER NOT NULL
) STRICT;
