-- Labels and typed codes are unique among everything that is live; what is parked says why; lockers can be replaced.

-- Every text that a scan of a parcel under way may give, and the spelling that all its spellings have in common.
CREATE TABLE live_labels (
    label TEXT PRIMARY KEY,
    parcel_id TEXT NOT NULL REFERENCES parcels (id)
) STRICT;
CREATE INDEX live_labels_of_a_parcel ON live_labels (parcel_id);
INSERT OR IGNORE INTO live_labels (label, parcel_id) SELECT tracking_number, id FROM parcels WHERE live = 1;
INSERT OR IGNORE INTO live_labels (label, parcel_id)
    SELECT also.value, p.id FROM parcels AS p, json_each(p.labels) AS also WHERE p.live = 1;
-- A parcel that comes alive again while its label is another's goes without it; a person is called.
DROP INDEX label_once_among_live_parcels;

-- What opens something when it is typed: a PIN of a recipient or the code of a member of staff, never both.
CREATE TABLE typed_codes (
    lookup TEXT PRIMARY KEY,
    pickup_id TEXT UNIQUE REFERENCES pickups (id),
    pass_id TEXT UNIQUE REFERENCES passes (id),
    CHECK ((pickup_id IS NULL) <> (pass_id IS NULL))
) STRICT;
INSERT INTO typed_codes (lookup, pickup_id) SELECT pin_lookup, id FROM pickups WHERE live = 1;
DROP INDEX pin_once_among_live_pickups;
-- The same keyed hash as a PIN's; empty for a pass from before, until the hub has started once.
ALTER TABLE passes ADD COLUMN typed_lookup TEXT NOT NULL DEFAULT '';

CREATE TRIGGER pickup_takes_a_code AFTER INSERT ON pickups WHEN NEW.live = 1 BEGIN
    INSERT INTO typed_codes (lookup, pickup_id) VALUES (NEW.pin_lookup, NEW.id);
END;
CREATE TRIGGER pickup_changes_its_code AFTER UPDATE OF live, pin_lookup ON pickups BEGIN
    DELETE FROM typed_codes WHERE pickup_id = NEW.id;
    INSERT INTO typed_codes (lookup, pickup_id) SELECT NEW.pin_lookup, NEW.id WHERE NEW.live = 1;
END;
CREATE TRIGGER pass_takes_a_code AFTER INSERT ON passes WHEN NEW.ended_s IS NULL AND NEW.typed_lookup <> '' BEGIN
    INSERT INTO typed_codes (lookup, pass_id) VALUES (NEW.typed_lookup, NEW.id);
END;
CREATE TRIGGER pass_changes_its_code AFTER UPDATE OF ended_s, typed_lookup ON passes BEGIN
    DELETE FROM typed_codes WHERE pass_id = NEW.id;
    INSERT INTO typed_codes (lookup, pass_id)
        SELECT NEW.typed_lookup, NEW.id WHERE NEW.ended_s IS NULL AND NEW.typed_lookup <> '';
END;

ALTER TABLE reports ADD COLUMN why TEXT NOT NULL DEFAULT '';

-- The newest epoch that the locker has been in, and the one whose beginning was too large for one message.
ALTER TABLE lockers ADD COLUMN reached_epoch TEXT NOT NULL DEFAULT '';
ALTER TABLE lockers ADD COLUMN split_epoch TEXT NOT NULL DEFAULT '';

-- Keys of machines that were replaced: nobody is believed with one of them again.
CREATE TABLE retired_keys (
    public_key TEXT PRIMARY KEY,
    locker_id TEXT NOT NULL REFERENCES lockers (id),
    retired_s INTEGER NOT NULL
) STRICT;
