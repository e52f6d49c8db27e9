-- What stands in the composer of the chat that does not exist yet; one row.
CREATE TABLE new_chat (
    row   INTEGER PRIMARY KEY CHECK (row = 1),
    draft TEXT    NOT NULL DEFAULT ''
) STRICT;
INSERT INTO new_chat (row) VALUES (1);
