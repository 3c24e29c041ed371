-- Where programs want to be told of events, what they still have to be told, and how each attempt went.
CREATE TABLE webhooks (
    id TEXT PRIMARY KEY,
    -- Whose events; empty for the operator.
    carrier TEXT NOT NULL,
    test INTEGER NOT NULL CHECK (test IN (0, 1)),
    url TEXT NOT NULL,
    kinds TEXT NOT NULL,
    secret_sealed BLOB NOT NULL,
    -- The secret before the last rotation: signs beside the new one for a day.
    old_secret_sealed BLOB,
    old_until_ms INTEGER,
    created_ms INTEGER NOT NULL,
    -- Since when every attempt has failed.
    failing_since_ms INTEGER,
    disabled_ms INTEGER,
    disabled_why TEXT NOT NULL DEFAULT '',
    ended_ms INTEGER
) STRICT;

-- `message` is the webhook-id: the same one with every attempt and every replay.
CREATE TABLE webhook_outbox (
    id INTEGER PRIMARY KEY,
    webhook_id TEXT NOT NULL REFERENCES webhooks (id),
    message TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,
    leased_until_ms INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    sent_ms INTEGER,
    given_up_ms INTEGER,
    UNIQUE (webhook_id, message)
) STRICT;
CREATE INDEX webhook_messages_to_send ON webhook_outbox (webhook_id, due_ms)
    WHERE sent_ms IS NULL AND given_up_ms IS NULL;

CREATE TABLE webhook_attempts (
    id INTEGER PRIMARY KEY,
    outbox_id INTEGER NOT NULL REFERENCES webhook_outbox (id),
    at_ms INTEGER NOT NULL,
    took_ms INTEGER NOT NULL,
    -- None where nobody answered.
    status INTEGER,
    problem TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX webhook_attempts_of_a_message ON webhook_attempts (outbox_id, id);
