-- By which addresses a parcel can be found, as keyed hashes: a help desk asks with what a caller says.
CREATE TABLE parcel_contacts (
    lookup TEXT NOT NULL,
    parcel_id TEXT NOT NULL REFERENCES parcels (id),
    PRIMARY KEY (lookup, parcel_id)
) STRICT;
CREATE INDEX contacts_of_a_parcel ON parcel_contacts (parcel_id);
