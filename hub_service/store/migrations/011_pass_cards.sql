-- A pass may name a card that has to be shown before its code is typed; each locker knows it by a tag of its own.
CREATE TABLE pass_cards (
    pass_id TEXT PRIMARY KEY REFERENCES passes (id),
    number_sealed BLOB NOT NULL
) STRICT;

ALTER TABLE pass_tags ADD COLUMN card_tag TEXT NOT NULL DEFAULT '';
