-- Those who run the network, their sessions, and what they have done.
CREATE TABLE users (
    id TEXT PRIMARY KEY,
    login TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'helpdesk', 'technician', 'operator', 'admin')),
    -- Empty: this one signs in elsewhere (OIDC).
    password_hash TEXT NOT NULL DEFAULT '',
    -- Set by somebody else: good for nothing but choosing another one.
    must_change INTEGER NOT NULL DEFAULT 0 CHECK (must_change IN (0, 1)),
    -- `issuer subject` of the provider that signs this one in; empty until the first time.
    outside TEXT NOT NULL DEFAULT '',
    created_s INTEGER NOT NULL,
    ended_s INTEGER
) STRICT;
CREATE UNIQUE INDEX login_once_among_users ON users (login) WHERE ended_s IS NULL;
CREATE UNIQUE INDEX one_user_for_one_outside ON users (outside) WHERE ended_s IS NULL AND outside <> '';

-- Wrong passwords in a row, also for logins that nobody has: how it is answered tells nobody who exists.
CREATE TABLE wrong_passwords (
    login_lookup TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    pause_until_s INTEGER NOT NULL,
    last_s INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    token_digest TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    began_s INTEGER NOT NULL,
    seen_s INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_of_a_user ON sessions (user_id);

-- A chain of hashes: nothing can be changed, left out or put elsewhere without the rest showing it.
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    who TEXT NOT NULL,
    act TEXT NOT NULL,
    about TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    data TEXT NOT NULL DEFAULT '{}',
    digest TEXT NOT NULL
) STRICT;
CREATE INDEX audit_about ON audit (about, seq);
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
