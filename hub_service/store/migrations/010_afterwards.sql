-- What is left when a parcel's life is over: what its recipient thought of it, and when their data goes.
ALTER TABLE parcels ADD COLUMN erase_asked_s INTEGER;
ALTER TABLE parcels ADD COLUMN erased INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, 1));
CREATE INDEX parcels_to_erase ON parcels (announced_s) WHERE live = 0 AND erased = 0;

CREATE TABLE ratings (
    parcel_id TEXT PRIMARY KEY REFERENCES parcels (id),
    stars INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
    at_ms INTEGER NOT NULL
) STRICT;
