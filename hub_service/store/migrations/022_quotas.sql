-- How many places of a locker a carrier may use at most; an empty carrier is every one that has no rule of its own.
CREATE TABLE carrier_quotas (
    locker_id TEXT NOT NULL REFERENCES lockers (id),
    carrier TEXT NOT NULL,
    size_class TEXT NOT NULL CHECK (size_class IN ('', 'XS', 'S', 'M', 'L', 'XL')),
    most INTEGER CHECK (most >= 0),
    share_percent INTEGER CHECK (share_percent BETWEEN 0 AND 100),
    PRIMARY KEY (locker_id, carrier, size_class),
    CHECK ((most IS NULL) <> (share_percent IS NULL))
) STRICT;
