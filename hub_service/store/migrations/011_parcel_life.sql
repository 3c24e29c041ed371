-- A stay's clock that stops, the plan of reminders, why a parcel needs attention, and what may lie in which locker.

ALTER TABLE deliveries ADD COLUMN remind_at_s INTEGER;
-- Since when the stay's clock stands still, because nobody could have collected.
ALTER TABLE deliveries ADD COLUMN stopped_s INTEGER;
UPDATE deliveries SET remind_at_s = deadline_s - 86400 WHERE state = 'inside' AND reminded = 0;
CREATE INDEX reminders ON deliveries (remind_at_s) WHERE state = 'inside' AND remind_at_s IS NOT NULL;
CREATE INDEX stopped_clocks ON deliveries (locker_id) WHERE stopped_s IS NOT NULL;
CREATE INDEX offline_events ON events (locker_id, seq) WHERE kind = 'offline';

ALTER TABLE parcels ADD COLUMN attention TEXT NOT NULL DEFAULT '';
ALTER TABLE parcels ADD COLUMN medicine INTEGER NOT NULL DEFAULT 0 CHECK (medicine IN (0, 1));
ALTER TABLE parcels ADD COLUMN cash_on_delivery INTEGER NOT NULL DEFAULT 0 CHECK (cash_on_delivery IN (0, 1));
ALTER TABLE parcels ADD COLUMN locker_consent TEXT NOT NULL DEFAULT 'not_asked'
    CHECK (locker_consent IN ('not_asked', 'given', 'refused'));
ALTER TABLE parcels ADD COLUMN country TEXT NOT NULL DEFAULT '';
ALTER TABLE parcels ADD COLUMN shares INTEGER NOT NULL DEFAULT 0 CHECK (shares IN (0, 1));

-- How many compartments are kept for failed home deliveries (NULL: as many as the size of the locker suggests).
ALTER TABLE lockers ADD COLUMN kept_for_attempts INTEGER CHECK (kept_for_attempts >= 0);
ALTER TABLE lockers ADD COLUMN hard_hold INTEGER NOT NULL DEFAULT 0 CHECK (hard_hold IN (0, 1));
