-- Lists of parcels are read by carrier, newest first. What each list is about is a small part of all parcels that ever
-- were, and nobody else's parcel has an entry in its index.
-- What a courier's carrier has under way, and lists by a status that isn't the end; `live` is in an index already, so a
-- parcel that changes its status changes no more of them than before.
CREATE INDEX live_parcels_of_a_carrier ON parcels (carrier, announced_s, id) WHERE live = 1;
-- Test keys see test parcels only, of which there are hardly any among millions.
CREATE INDEX test_parcels_of_a_carrier ON parcels (carrier, announced_s, id) WHERE test = 1;
CREATE INDEX drop_offs_of_a_carrier ON parcels (carrier, announced_s, id) WHERE drop_off <> '';
-- The only column by which a shop finds its own order, and nothing else knows it.
CREATE INDEX parcels_by_reference ON parcels (reference) WHERE reference <> '';
