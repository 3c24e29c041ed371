-- What comes after what is said, not left to the order in which a database happens to keep rows.
ALTER TABLE api_keys ADD COLUMN made BIGINT NOT NULL DEFAULT 0;
UPDATE api_keys SET made =
    (SELECT COUNT(*) FROM api_keys AS o WHERE (o.created_s, o.id) <= (api_keys.created_s, api_keys.id));
ALTER TABLE epochs ADD COLUMN begun BIGINT NOT NULL DEFAULT 0;
