-- How a notice ended: its provider has it, has refused it for good, or it was overtaken by what happened since.
ALTER TABLE notices_outbox ADD COLUMN refused_ms INTEGER;
ALTER TABLE notices_outbox ADD COLUMN overtaken_ms INTEGER;
DROP INDEX notices_to_send;
CREATE INDEX notices_to_send ON notices_outbox (due_ms)
    WHERE sent_ms IS NULL AND refused_ms IS NULL AND overtaken_ms IS NULL;
CREATE INDEX notices_of_a_parcel ON notices_outbox (parcel_id);
