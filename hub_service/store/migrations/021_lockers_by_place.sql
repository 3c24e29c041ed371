-- Whose neighbours are asked for: every locker, on its first greeting.
CREATE INDEX lockers_by_place ON lockers (latitude, longitude);
