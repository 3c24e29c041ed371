-- Parcels that their senders put into a locker: returns, and the first mile of what somebody sends.

-- What a sender puts in ('': nothing of the kind, a courier brings it); the sender is sealed where recipients are.
ALTER TABLE parcels ADD COLUMN drop_off TEXT NOT NULL DEFAULT '' CHECK (drop_off IN ('', 'return', 'send'));
ALTER TABLE parcels ADD COLUMN of_parcel_id TEXT REFERENCES parcels (id);
-- For so many days after it was collected a recipient may send it back without asking anybody (0: not at all).
ALTER TABLE parcels ADD COLUMN return_days INTEGER NOT NULL DEFAULT 0 CHECK (return_days >= 0);
CREATE INDEX returns_of_a_parcel ON parcels (of_parcel_id) WHERE of_parcel_id IS NOT NULL;

-- Its code puts it in, and a courier takes it out; 0 again once its sender wants it back. While such a delivery is
-- promised its deadline is the end of the code, and while it lies inside it has none.
ALTER TABLE deliveries ADD COLUMN by_sender INTEGER NOT NULL DEFAULT 0 CHECK (by_sender IN (0, 1));
CREATE INDEX drop_offs_to_end ON deliveries (deadline_s) WHERE state = 'promised' AND by_sender = 1;

-- What has changed hands, where and when; `receipt` is the hash of the locker's own fact about it.
CREATE TABLE hand_overs (
    id INTEGER PRIMARY KEY,
    parcel_id TEXT NOT NULL REFERENCES parcels (id),
    kind TEXT NOT NULL CHECK (kind IN ('dropped_off', 'picked_up', 'taken_back')),
    at_ms INTEGER NOT NULL,
    locker_id TEXT NOT NULL REFERENCES lockers (id),
    n INTEGER NOT NULL,
    receipt TEXT NOT NULL,
    UNIQUE (parcel_id, kind, receipt)
) STRICT;
