-- Whom recipients have asked to collect for them: a PIN and a QR code of their own, ended alone.
CREATE TABLE delegates (
    id TEXT PRIMARY KEY,
    pickup_id TEXT NOT NULL REFERENCES pickups (id),
    name_sealed BLOB NOT NULL,
    pin_sealed BLOB NOT NULL,
    pin_lookup TEXT NOT NULL,
    text_sealed BLOB NOT NULL,
    page_lookup TEXT NOT NULL UNIQUE,
    asked_s INTEGER NOT NULL,
    collected_s INTEGER,
    ended_s INTEGER
) STRICT;
-- While somebody may come with it, a PIN is nobody else's.
CREATE UNIQUE INDEX delegate_pin_once ON delegates (pin_lookup) WHERE ended_s IS NULL;
CREATE INDEX delegates_of_a_pickup ON delegates (pickup_id);

CREATE TABLE delegate_tags (
    delegate_id TEXT NOT NULL REFERENCES delegates (id),
    locker_id TEXT NOT NULL REFERENCES lockers (id),
    tag TEXT NOT NULL,
    PRIMARY KEY (delegate_id, locker_id, tag)
) STRICT;

-- A card of a pickup whose codes were given out anew.
ALTER TABLE cards ADD COLUMN ended INTEGER NOT NULL DEFAULT 0 CHECK (ended IN (0, 1));
