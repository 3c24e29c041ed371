-- What has begun that somebody is told: a visit at a locker, a request or a turn of the duties. For the log only.
ALTER TABLE notices_outbox ADD COLUMN cause TEXT NOT NULL DEFAULT '';
