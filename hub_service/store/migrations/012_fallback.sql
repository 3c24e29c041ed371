-- Room that is held for the drive after a failed home delivery, and cards that are left at the door.

-- A delivery after a failed attempt may use the compartments that are kept for these; `held_until_s` ends the drive.
ALTER TABLE deliveries ADD COLUMN by_attempt INTEGER NOT NULL DEFAULT 0 CHECK (by_attempt IN (0, 1));
ALTER TABLE deliveries ADD COLUMN held_until_s INTEGER;
CREATE INDEX drives ON deliveries (held_until_s) WHERE state = 'promised' AND held_until_s IS NOT NULL;

-- Where a recipient's door is that an attempt failed at, for offers that are looked at later.
CREATE TABLE failed_attempts (
    parcel_id TEXT PRIMARY KEY REFERENCES parcels (id),
    reason TEXT NOT NULL,
    at_s INTEGER NOT NULL,
    place_sealed BLOB NOT NULL
) STRICT;

-- A pre-printed card: worthless until a courier has bound it to a pickup. `text` is what its QR code says.
CREATE TABLE cards (
    id TEXT PRIMARY KEY,
    text_sealed BLOB NOT NULL,
    text_lookup TEXT NOT NULL UNIQUE,
    digits_sealed BLOB NOT NULL,
    digits_lookup TEXT NOT NULL UNIQUE,
    made_s INTEGER NOT NULL,
    pickup_id TEXT REFERENCES pickups (id),
    bound_s INTEGER
) STRICT;
CREATE INDEX cards_of_a_pickup ON cards (pickup_id) WHERE pickup_id IS NOT NULL;

-- What each locker compares a shown card with.
CREATE TABLE card_tags (
    card_id TEXT NOT NULL REFERENCES cards (id),
    locker_id TEXT NOT NULL REFERENCES lockers (id),
    tag TEXT NOT NULL,
    PRIMARY KEY (card_id, locker_id, tag)
) STRICT;
