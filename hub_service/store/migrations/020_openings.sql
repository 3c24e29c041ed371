-- Doors that were to be opened from afar, and what became of it. A compartment is asked for once at a time; a request
-- that waits for a yes keeps nobody else from it.
CREATE TABLE openings (
    id TEXT PRIMARY KEY,
    locker_id TEXT NOT NULL REFERENCES lockers (id),
    n INTEGER NOT NULL,
    way TEXT NOT NULL,
    state TEXT NOT NULL,
    outcome TEXT NOT NULL DEFAULT '',
    parcel_id TEXT REFERENCES parcels (id),
    pickup_id TEXT,
    by_who TEXT NOT NULL DEFAULT '',
    second TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    number TEXT NOT NULL DEFAULT '',
    nonce TEXT NOT NULL DEFAULT '',
    asked_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX openings_under_way ON openings (locker_id, n) WHERE state IN ('asked', 'sent');
CREATE INDEX openings_of_a_parcel ON openings (parcel_id, asked_ms);
CREATE INDEX openings_by_whom ON openings (by_who, asked_ms);
