-- What figures need since ever: when a locker was made known, and what its doors could be used for. Seldom written.
CREATE INDEX events_of_doors ON events (hub_at_ms)
    WHERE kind IN ('locker_added', 'out_of_service', 'in_service', 'fault_found', 'fault_cleared');
CREATE INDEX ratings_by_time ON ratings (at_ms);
