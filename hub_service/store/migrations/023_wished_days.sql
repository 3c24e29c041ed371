-- On which day a recipient would rather have a parcel that is still on its way (ISO date).
CREATE TABLE wished_days (
    parcel_id TEXT PRIMARY KEY REFERENCES parcels (id),
    day TEXT NOT NULL
) STRICT;
