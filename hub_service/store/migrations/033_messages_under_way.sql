-- What is being sent just now: one message of an address at most, asked for at every look at what is due. It is written by
-- the one who sends, never by what happens.
CREATE INDEX webhook_messages_under_way ON webhook_outbox (webhook_id) WHERE leased_until_ms > 0;
-- A replay makes thousands due in one millisecond: which of them is the first is known without sorting them each time.
DROP INDEX webhook_messages_to_send;
CREATE INDEX webhook_messages_to_send ON webhook_outbox (webhook_id, due_ms, id)
    WHERE sent_ms IS NULL AND given_up_ms IS NULL;
