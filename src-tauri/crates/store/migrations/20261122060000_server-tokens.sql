-- The tokens of the local server. Of a secret only its hash is kept.
CREATE TABLE server_tokens (
    id           TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    -- JSON: an array of scopes.
    scopes       TEXT NOT NULL,
    -- SHA-256 of the secret; so many random bits need no salt.
    hash         BLOB NOT NULL UNIQUE,
    ending       TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER
) STRICT, WITHOUT ROWID;
