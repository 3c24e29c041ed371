-- Browsers that couriers have signed in with; a pass that has ended lets nobody in any more.
CREATE TABLE courier_sessions (
    token_digest TEXT PRIMARY KEY,
    pass_id TEXT NOT NULL REFERENCES passes (id),
    began_s INTEGER NOT NULL
) STRICT;
