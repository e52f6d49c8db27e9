-- The models of folders that a person added, as they were when the folder was last there: a disk may be away.
CREATE TABLE known_models (
    folder    TEXT NOT NULL,
    model_id  TEXT NOT NULL,
    -- JSON: the model as the window shows it.
    described TEXT NOT NULL,
    PRIMARY KEY (folder, model_id)
) STRICT, WITHOUT ROWID;
