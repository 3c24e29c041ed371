-- Browsers that are told of a parcel's news. Their addresses are chosen by whoever has the page, and are sealed.
CREATE TABLE push_devices (
    id TEXT PRIMARY KEY,
    parcel_id TEXT NOT NULL REFERENCES parcels (id),
    device_sealed BLOB NOT NULL,
    since_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX push_devices_of_a_parcel ON push_devices (parcel_id);
