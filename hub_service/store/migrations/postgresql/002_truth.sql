-- Labels and typed codes are unique among everything that is live; what is parked says why; lockers can be replaced.

-- Every text that a scan of a parcel under way may give, and the spelling that all its spellings have in common.
CREATE TABLE live_labels (
    label TEXT COLLATE "C" PRIMARY KEY,
    parcel_id TEXT COLLATE "C" NOT NULL REFERENCES parcels (id)
);
CREATE INDEX live_labels_of_a_parcel ON live_labels (parcel_id);
INSERT INTO live_labels (label, parcel_id) SELECT tracking_number, id FROM parcels WHERE live = 1
    ON CONFLICT DO NOTHING;
INSERT INTO live_labels (label, parcel_id)
    SELECT also.value, p.id FROM parcels AS p, json_array_elements_text(CAST(p.labels AS JSON)) AS also (value)
    WHERE p.live = 1 ON CONFLICT DO NOTHING;
DROP INDEX label_once_among_live_parcels;

-- What opens something when it is typed: a PIN of a recipient or the code of a member of staff, never both.
CREATE TABLE typed_codes (
    lookup TEXT COLLATE "C" PRIMARY KEY,
    pickup_id TEXT COLLATE "C" UNIQUE REFERENCES pickups (id),
    pass_id TEXT COLLATE "C" UNIQUE REFERENCES passes (id),
    CHECK ((pickup_id IS NULL) <> (pass_id IS NULL))
);
INSERT INTO typed_codes (lookup, pickup_id) SELECT pin_lookup, id FROM pickups WHERE live = 1;
DROP INDEX pin_once_among_live_pickups;
ALTER TABLE passes ADD COLUMN typed_lookup TEXT COLLATE "C" NOT NULL DEFAULT '';

CREATE FUNCTION pickup_has_a_code() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM typed_codes WHERE pickup_id = NEW.id;
    END IF;
    IF NEW.live = 1 THEN
        INSERT INTO typed_codes (lookup, pickup_id) VALUES (NEW.pin_lookup, NEW.id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER pickup_takes_a_code AFTER INSERT ON pickups FOR EACH ROW EXECUTE FUNCTION pickup_has_a_code();
CREATE TRIGGER pickup_changes_its_code AFTER UPDATE OF live, pin_lookup ON pickups
    FOR EACH ROW EXECUTE FUNCTION pickup_has_a_code();

CREATE FUNCTION pass_has_a_code() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM typed_codes WHERE pass_id = NEW.id;
    END IF;
    IF NEW.ended_s IS NULL AND NEW.typed_lookup <> '' THEN
        INSERT INTO typed_codes (lookup, pass_id) VALUES (NEW.typed_lookup, NEW.id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER pass_takes_a_code AFTER INSERT ON passes FOR EACH ROW EXECUTE FUNCTION pass_has_a_code();
CREATE TRIGGER pass_changes_its_code AFTER UPDATE OF ended_s, typed_lookup ON passes
    FOR EACH ROW EXECUTE FUNCTION pass_has_a_code();

ALTER TABLE reports ADD COLUMN why TEXT COLLATE "C" NOT NULL DEFAULT '';

-- The newest epoch that the locker has been in, and the one whose beginning was too large for one message.
ALTER TABLE lockers ADD COLUMN reached_epoch TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE lockers ADD COLUMN split_epoch TEXT COLLATE "C" NOT NULL DEFAULT '';

-- Keys of machines that were replaced: nobody is believed with one of them again.
CREATE TABLE retired_keys (
    public_key TEXT COLLATE "C" PRIMARY KEY,
    locker_id TEXT COLLATE "C" NOT NULL REFERENCES lockers (id),
    retired_s BIGINT NOT NULL
);
