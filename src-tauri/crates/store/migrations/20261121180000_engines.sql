-- The engine that a person chose for a model; a model that is not here is run by what the application chooses.
CREATE TABLE engine_choice (
    model_id TEXT PRIMARY KEY,
    engine   TEXT NOT NULL
) STRICT;

-- How fast an engine ran a model on this machine, tokens a second.
CREATE TABLE engine_speed (
    model_id     TEXT    NOT NULL,
    engine       TEXT    NOT NULL,
    prompt_tok_s REAL    NOT NULL,
    tok_s        REAL    NOT NULL,
    measured_at  INTEGER NOT NULL,
    PRIMARY KEY (model_id, engine)
) STRICT;

-- Kernels that crashed although the processor claims to run them; one row. Another processor may run them.
CREATE TABLE kernels_crashed (
    row       INTEGER PRIMARY KEY CHECK (row = 1),
    name      TEXT    NOT NULL,
    processor TEXT    NOT NULL
) STRICT;
