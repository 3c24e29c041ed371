-- Whoever is connected and has orders to apply: looked for after every commit, and nearly always a few of all lockers.
CREATE INDEX lockers_behind ON lockers (id) WHERE online = 1
    AND (stands_epoch <> epoch OR stands_order <> last_order OR stands_digest <> last_digest);
