-- What comes after what is said, not left to the order in which a database happens to keep rows.
ALTER TABLE api_keys ADD COLUMN made INTEGER NOT NULL DEFAULT 0;
UPDATE api_keys SET made = rowid;
ALTER TABLE epochs ADD COLUMN begun INTEGER NOT NULL DEFAULT 0;
UPDATE epochs SET begun = rowid;
