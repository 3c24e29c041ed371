-- The hub's first schema. Whatever can be a rule of the schema is one; times are Unix milliseconds (_ms) or seconds (_s).
-- Columns that end in _sealed hold personal data or codes, encrypted; those in _lookup are keyed hashes of such values.

CREATE TABLE hub (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    clock_offset_s INTEGER NOT NULL DEFAULT 0 CHECK (clock_offset_s >= 0)
) STRICT;
INSERT INTO hub (only_row) VALUES (1);

CREATE TABLE api_keys (
    digest TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_s INTEGER NOT NULL
) STRICT;

CREATE TABLE lockers (
    id TEXT PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE CHECK (number BETWEEN 1 AND 4294967295),
    name TEXT NOT NULL,
    place TEXT NOT NULL DEFAULT '',
    help_phone TEXT NOT NULL DEFAULT '',
    latitude REAL,
    longitude REAL,
    public_key TEXT NOT NULL UNIQUE,
    code_key_sealed BLOB NOT NULL,
    -- What the locker has told: one head, so one history.
    head TEXT NOT NULL,
    reports INTEGER NOT NULL DEFAULT 0,
    run TEXT NOT NULL DEFAULT '',
    session_run TEXT NOT NULL DEFAULT '',
    online INTEGER NOT NULL DEFAULT 0 CHECK (online IN (0, 1)),
    seen_ms INTEGER,
    -- What it was told, and how far it says it has come.
    epoch TEXT NOT NULL,
    last_order INTEGER NOT NULL DEFAULT 0,
    last_digest TEXT NOT NULL,
    stands_epoch TEXT NOT NULL DEFAULT '',
    stands_order INTEGER NOT NULL DEFAULT 0,
    stands_digest TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE compartments (
    locker_id TEXT NOT NULL REFERENCES lockers (id),
    n INTEGER NOT NULL CHECK (n > 0),
    size_class TEXT NOT NULL CHECK (size_class IN ('XS', 'S', 'M', 'L', 'XL')),
    width_mm INTEGER NOT NULL CHECK (width_mm > 0),
    height_mm INTEGER NOT NULL CHECK (height_mm > 0),
    depth_mm INTEGER NOT NULL CHECK (depth_mm > 0),
    reach TEXT NOT NULL CHECK (reach IN ('low', 'middle', 'high')),
    module TEXT NOT NULL,
    x_mm INTEGER NOT NULL,
    y_mm INTEGER NOT NULL,
    front_width_mm INTEGER NOT NULL,
    front_height_mm INTEGER NOT NULL,
    holds_child INTEGER NOT NULL CHECK (holds_child IN (0, 1)),
    present INTEGER NOT NULL DEFAULT 1 CHECK (present IN (0, 1)),
    content TEXT NOT NULL DEFAULT 'empty' CHECK (content IN ('empty', 'occupied', 'uncertain')),
    doubt TEXT NOT NULL DEFAULT '',
    door_open INTEGER NOT NULL DEFAULT 0 CHECK (door_open IN (0, 1)),
    in_service INTEGER NOT NULL DEFAULT 1 CHECK (in_service IN (0, 1)),
    out_reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (locker_id, n)
) STRICT;

CREATE TABLE faults (
    locker_id TEXT NOT NULL,
    n INTEGER NOT NULL,
    fault TEXT NOT NULL,
    PRIMARY KEY (locker_id, n, fault)
) STRICT;

CREATE TABLE pickups (
    id TEXT PRIMARY KEY,
    recipient_lookup TEXT NOT NULL,
    pin_sealed BLOB NOT NULL,
    pin_lookup TEXT NOT NULL,
    generation INTEGER NOT NULL CHECK (generation BETWEEN 1 AND 65535),
    home_number INTEGER NOT NULL,
    not_after_s INTEGER NOT NULL,
    live INTEGER NOT NULL CHECK (live IN (0, 1)),
    created_s INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX pin_once_among_live_pickups ON pickups (pin_lookup) WHERE live = 1;
CREATE INDEX live_pickups_of_a_recipient ON pickups (recipient_lookup) WHERE live = 1;

CREATE TABLE admissions (
    pickup_id TEXT NOT NULL REFERENCES pickups (id),
    locker_id TEXT NOT NULL REFERENCES lockers (id),
    pin_tag TEXT NOT NULL,
    PRIMARY KEY (pickup_id, locker_id)
) STRICT;

CREATE TABLE parcels (
    id TEXT PRIMARY KEY,
    carrier TEXT NOT NULL,
    tracking_number TEXT NOT NULL,
    reference TEXT NOT NULL DEFAULT '',
    labels TEXT NOT NULL DEFAULT '[]',
    recipient_sealed BLOB NOT NULL,
    recipient_lookup TEXT NOT NULL,
    width_mm INTEGER NOT NULL CHECK (width_mm > 0),
    height_mm INTEGER NOT NULL CHECK (height_mm > 0),
    depth_mm INTEGER NOT NULL CHECK (depth_mm > 0),
    low INTEGER NOT NULL CHECK (low IN (0, 1)),
    perishable INTEGER NOT NULL CHECK (perishable IN (0, 1)),
    age_check INTEGER NOT NULL CHECK (age_check IN (0, 1)),
    page_lookup TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL CHECK (status IN (
        'announced', 'in_transit', 'out_for_delivery', 'delivery_failed', 'redirected', 'ready_for_pickup',
        'collected', 'expired', 'retrieved', 'return_announced', 'return_deposited', 'returned', 'cancelled',
        'needs_attention'
    )),
    live INTEGER NOT NULL CHECK (live IN (0, 1)),
    announced_s INTEGER NOT NULL
) STRICT;
-- A scan names a parcel by its label alone, so no two that are under way may share it.
CREATE UNIQUE INDEX label_once_among_live_parcels ON parcels (tracking_number) WHERE live = 1;
CREATE INDEX parcels_by_tracking_number ON parcels (tracking_number);

-- Which pickup a compartment is planned for, or holds: the primary key says that there is at most one.
CREATE TABLE holdings (
    locker_id TEXT NOT NULL,
    n INTEGER NOT NULL,
    pickup_id TEXT NOT NULL REFERENCES pickups (id),
    PRIMARY KEY (locker_id, n),
    UNIQUE (locker_id, n, pickup_id),
    FOREIGN KEY (locker_id, n) REFERENCES compartments (locker_id, n)
) STRICT;

-- n is where a promised delivery is planned to lie, or where one that is inside lies.
CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,
    parcel_id TEXT NOT NULL REFERENCES parcels (id),
    pickup_id TEXT NOT NULL REFERENCES pickups (id),
    locker_id TEXT NOT NULL REFERENCES lockers (id),
    -- Another name by which the locker knows it: that of a deposit ticket.
    alias TEXT,
    state TEXT NOT NULL CHECK (state IN ('promised', 'inside', 'ended')),
    n INTEGER,
    ready_s INTEGER,
    deadline_s INTEGER,
    extended INTEGER NOT NULL DEFAULT 0 CHECK (extended IN (0, 1)),
    reminded INTEGER NOT NULL DEFAULT 0 CHECK (reminded IN (0, 1)),
    recalled INTEGER NOT NULL DEFAULT 0 CHECK (recalled IN (0, 1)),
    created_s INTEGER NOT NULL,
    CHECK (state <> 'inside' OR n IS NOT NULL),
    CHECK (state <> 'ended' OR n IS NULL),
    FOREIGN KEY (locker_id, n, pickup_id) REFERENCES holdings (locker_id, n, pickup_id)
) STRICT;
CREATE UNIQUE INDEX one_live_delivery_of_a_parcel ON deliveries (parcel_id) WHERE state <> 'ended';
CREATE INDEX live_deliveries_at_a_locker ON deliveries (locker_id) WHERE state <> 'ended';
CREATE INDEX live_deliveries_of_a_pickup ON deliveries (pickup_id) WHERE state <> 'ended';
CREATE INDEX deadlines ON deliveries (deadline_s) WHERE state = 'inside';
CREATE INDEX deliveries_by_alias ON deliveries (alias) WHERE alias IS NOT NULL;
CREATE INDEX deliveries_of_a_parcel ON deliveries (parcel_id);
CREATE INDEX deliveries_in_a_compartment ON deliveries (locker_id, n, pickup_id);

-- What a delivery's parcel was before nobody knew whether it lies in this compartment.
CREATE TABLE doubts (
    locker_id TEXT NOT NULL,
    n INTEGER NOT NULL,
    delivery_id TEXT NOT NULL REFERENCES deliveries (id),
    status_before TEXT NOT NULL,
    PRIMARY KEY (locker_id, n, delivery_id)
) STRICT;

CREATE TABLE orders (
    locker_id TEXT NOT NULL REFERENCES lockers (id),
    epoch TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    parent TEXT NOT NULL,
    digest TEXT NOT NULL,
    body TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    PRIMARY KEY (locker_id, epoch, number)
) STRICT;

-- Epochs that a locker's position may name without contradicting this hub.
CREATE TABLE epochs (
    locker_id TEXT NOT NULL REFERENCES lockers (id),
    epoch TEXT NOT NULL,
    PRIMARY KEY (locker_id, epoch)
) STRICT;

-- Every fact that a locker has told, as it was written there; its hash is its identity.
CREATE TABLE reports (
    locker_id TEXT NOT NULL REFERENCES lockers (id),
    digest TEXT NOT NULL,
    parent TEXT NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    fact TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('applied', 'parked')),
    received_ms INTEGER NOT NULL,
    PRIMARY KEY (locker_id, digest),
    UNIQUE (locker_id, position)
) STRICT;

CREATE TABLE runs (
    locker_id TEXT NOT NULL REFERENCES lockers (id),
    run TEXT NOT NULL,
    PRIMARY KEY (locker_id, run)
) STRICT;

-- What a parked report is about; later reports about the same wait behind it.
CREATE TABLE parked (
    locker_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    subject TEXT NOT NULL,
    PRIMARY KEY (locker_id, digest, subject),
    FOREIGN KEY (locker_id, digest) REFERENCES reports (locker_id, digest)
) STRICT;
CREATE INDEX parked_by_subject ON parked (locker_id, subject);

CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    parcel_id TEXT,
    locker_id TEXT,
    locker_at_ms INTEGER,
    hub_at_ms INTEGER NOT NULL,
    data TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX events_of_a_parcel ON events (parcel_id, seq);

CREATE TABLE alarms (
    id INTEGER PRIMARY KEY,
    locker_id TEXT NOT NULL,
    n INTEGER NOT NULL DEFAULT 0,
    kind TEXT NOT NULL,
    sentence TEXT NOT NULL,
    raised_ms INTEGER NOT NULL,
    times INTEGER NOT NULL DEFAULT 1,
    closed_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX alarm_once_while_open ON alarms (locker_id, n, kind) WHERE closed_ms IS NULL;

CREATE TABLE passes (
    id TEXT PRIMARY KEY,
    party TEXT NOT NULL CHECK (party IN ('courier', 'operator')),
    who TEXT NOT NULL,
    carrier TEXT NOT NULL DEFAULT '',
    code_sealed BLOB NOT NULL,
    code_lookup TEXT NOT NULL,
    created_s INTEGER NOT NULL,
    ended_s INTEGER
) STRICT;
CREATE UNIQUE INDEX code_once_among_live_passes ON passes (code_lookup) WHERE ended_s IS NULL;

CREATE TABLE pass_tags (
    pass_id TEXT NOT NULL REFERENCES passes (id),
    locker_id TEXT NOT NULL REFERENCES lockers (id),
    tag TEXT NOT NULL,
    PRIMARY KEY (pass_id, locker_id)
) STRICT;

CREATE TABLE idempotency_keys (
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    request_digest TEXT NOT NULL,
    parcel_id TEXT NOT NULL REFERENCES parcels (id),
    created_s INTEGER NOT NULL,
    PRIMARY KEY (caller, key)
) STRICT;

-- `once` names the occasion: the same one is told once, whoever notices it.
CREATE TABLE notices_outbox (
    id INTEGER PRIMARY KEY,
    once TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    parcel_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    language TEXT NOT NULL,
    content_sealed BLOB NOT NULL,
    created_ms INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    last_error TEXT NOT NULL DEFAULT '',
    sent_ms INTEGER
) STRICT;
CREATE INDEX notices_to_send ON notices_outbox (due_ms) WHERE sent_ms IS NULL;

CREATE TABLE mailbox (
    id INTEGER PRIMARY KEY,
    notice_id INTEGER NOT NULL UNIQUE,
    parcel_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    content_sealed BLOB NOT NULL,
    sent_ms INTEGER NOT NULL
) STRICT;
