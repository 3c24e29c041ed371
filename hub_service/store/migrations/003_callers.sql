-- Keys that may do some things for one carrier, a world of test lockers, and answers that repeated requests get again.
ALTER TABLE api_keys ADD COLUMN id TEXT NOT NULL DEFAULT '';
UPDATE api_keys SET id = 'k_' || substr(digest, 1, 16);
CREATE UNIQUE INDEX api_keys_by_id ON api_keys (id);
-- Whose parcels; empty for the operator.
ALTER TABLE api_keys ADD COLUMN carrier TEXT NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN scopes TEXT NOT NULL DEFAULT 'announce read deliver webhooks operate';
ALTER TABLE api_keys ADD COLUMN test INTEGER NOT NULL DEFAULT 0 CHECK (test IN (0, 1));
ALTER TABLE api_keys ADD COLUMN seen_s INTEGER;
ALTER TABLE api_keys ADD COLUMN ended_s INTEGER;

ALTER TABLE lockers ADD COLUMN test INTEGER NOT NULL DEFAULT 0 CHECK (test IN (0, 1));
ALTER TABLE parcels ADD COLUMN test INTEGER NOT NULL DEFAULT 0 CHECK (test IN (0, 1));
CREATE INDEX parcels_of_a_carrier ON parcels (carrier, announced_s, id);
CREATE INDEX events_by_time ON events (hub_at_ms);

-- The first answer to a request with an idempotency key; without a status it is still being worked out.
CREATE TABLE answers (
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    request_digest TEXT NOT NULL,
    status INTEGER,
    answer_sealed BLOB,
    claimed_ms INTEGER NOT NULL,
    PRIMARY KEY (caller, key)
) STRICT;
CREATE INDEX answers_by_age ON answers (claimed_ms);
