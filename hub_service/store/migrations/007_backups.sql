-- The newest fact of each locker that lies in a completed backup: until then the locker keeps it.
ALTER TABLE lockers ADD COLUMN safe TEXT NOT NULL DEFAULT '';
CREATE TABLE backups (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    name TEXT NOT NULL,
    bytes INTEGER NOT NULL
) STRICT;
