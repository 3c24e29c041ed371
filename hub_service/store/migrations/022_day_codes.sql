-- Staff whose code is another one every day; what `passes` holds of them is the code that they sign in with.
CREATE TABLE daily_passes (
    pass_id TEXT PRIMARY KEY REFERENCES passes (id)
) STRICT;

-- `day` counts calendar days of the hub's zone; both times are Unix seconds.
CREATE TABLE day_codes (
    pass_id TEXT NOT NULL REFERENCES daily_passes (pass_id),
    day INTEGER NOT NULL,
    from_s INTEGER NOT NULL,
    until_s INTEGER NOT NULL,
    code_sealed BLOB NOT NULL,
    lookup TEXT NOT NULL UNIQUE,
    PRIMARY KEY (pass_id, day)
) STRICT;
CREATE INDEX day_codes_by_end ON day_codes (until_s);

CREATE TABLE day_code_tags (
    locker_id TEXT NOT NULL REFERENCES lockers (id),
    pass_id TEXT NOT NULL,
    day INTEGER NOT NULL,
    tag TEXT NOT NULL,
    card_tag TEXT NOT NULL,
    PRIMARY KEY (locker_id, pass_id, day),
    FOREIGN KEY (pass_id, day) REFERENCES day_codes (pass_id, day)
) STRICT;
CREATE INDEX tags_of_a_day_code ON day_code_tags (pass_id, day);
