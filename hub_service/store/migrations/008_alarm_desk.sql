-- What people do about alarms: who looks after one, who was told, what is not worth telling for a while, who is on call.
ALTER TABLE alarms ADD COLUMN acknowledged_by TEXT NOT NULL DEFAULT '';
ALTER TABLE alarms ADD COLUMN acknowledged_ms INTEGER;
-- 0: nobody yet, 1: who is on call, 2: everybody who can help.
ALTER TABLE alarms ADD COLUMN told INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1, 2));
CREATE INDEX alarms_open ON alarms (raised_ms) WHERE closed_ms IS NULL;

ALTER TABLE users ADD COLUMN contact_sealed BLOB;

CREATE TABLE silences (
    id INTEGER PRIMARY KEY,
    -- Empty: every locker, every kind.
    locker_id TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL DEFAULT '',
    until_s INTEGER NOT NULL,
    reason TEXT NOT NULL,
    by_login TEXT NOT NULL
) STRICT;

CREATE TABLE shifts (
    id INTEGER PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    from_s INTEGER NOT NULL,
    until_s INTEGER NOT NULL,
    CHECK (until_s > from_s)
) STRICT;
CREATE INDEX shifts_by_end ON shifts (until_s);
