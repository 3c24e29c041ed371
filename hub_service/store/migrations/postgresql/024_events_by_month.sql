-- Events by month: what is written now stays small and in memory, and what is too old goes as a whole table.
-- Months are made ahead by the hub (`history`); what fits none of them lies in events_other.
ALTER TABLE events RENAME TO events_before;
ALTER SEQUENCE events_seq_seq RENAME TO events_before_seq;
CREATE SEQUENCE events_seq_seq;
SELECT setval('events_seq_seq', last_value, is_called) FROM events_before_seq;
CREATE TABLE events (
    seq BIGINT NOT NULL DEFAULT nextval('events_seq_seq'),
    kind TEXT COLLATE "C" NOT NULL,
    parcel_id TEXT COLLATE "C",
    locker_id TEXT COLLATE "C",
    locker_at_ms BIGINT,
    hub_at_ms BIGINT NOT NULL,
    data TEXT COLLATE "C" NOT NULL DEFAULT '{}'
) PARTITION BY RANGE (hub_at_ms);
ALTER SEQUENCE events_seq_seq OWNED BY events.seq;
CREATE TABLE events_other PARTITION OF events DEFAULT;
INSERT INTO events (seq, kind, parcel_id, locker_id, locker_at_ms, hub_at_ms, data)
    SELECT seq, kind, parcel_id, locker_id, locker_at_ms, hub_at_ms, data FROM events_before;
DROP TABLE events_before;
-- A key over all months has to hold the month; numbers are drawn from one sequence, so none comes twice.
ALTER TABLE events ADD PRIMARY KEY (seq, hub_at_ms);
CREATE INDEX events_of_a_parcel ON events (parcel_id, seq);
CREATE INDEX events_by_time ON events (hub_at_ms);
CREATE INDEX offline_events ON events (locker_id, seq) WHERE kind = 'offline';
CREATE INDEX events_of_a_locker ON events (locker_id, seq);
