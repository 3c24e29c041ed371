-- How far each key is ahead of its rate: its bucket is full again at this time (microseconds since 1970).
CREATE TABLE request_rates (
    caller TEXT PRIMARY KEY,
    full_at_us INTEGER NOT NULL
) STRICT;
