-- Those who run the network, their sessions, and what they have done.
CREATE TABLE users (
    id TEXT COLLATE "C" PRIMARY KEY,
    login TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('viewer', 'helpdesk', 'technician', 'operator', 'admin')),
    -- Empty: this one signs in elsewhere (OIDC).
    password_hash TEXT COLLATE "C" NOT NULL DEFAULT '',
    -- Set by somebody else: good for nothing but choosing another one.
    must_change BIGINT NOT NULL DEFAULT 0 CHECK (must_change IN (0, 1)),
    -- `issuer subject` of the provider that signs this one in; empty until the first time.
    outside TEXT COLLATE "C" NOT NULL DEFAULT '',
    created_s BIGINT NOT NULL,
    ended_s BIGINT
);
CREATE UNIQUE INDEX login_once_among_users ON users (login) WHERE ended_s IS NULL;
CREATE UNIQUE INDEX one_user_for_one_outside ON users (outside) WHERE ended_s IS NULL AND outside <> '';

-- Wrong passwords in a row, also for logins that nobody has: how it is answered tells nobody who exists.
CREATE TABLE wrong_passwords (
    login_lookup TEXT COLLATE "C" PRIMARY KEY,
    failures BIGINT NOT NULL,
    pause_until_s BIGINT NOT NULL,
    last_s BIGINT NOT NULL
);

CREATE TABLE sessions (
    token_digest TEXT COLLATE "C" PRIMARY KEY,
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    began_s BIGINT NOT NULL,
    seen_s BIGINT NOT NULL
);
CREATE INDEX sessions_of_a_user ON sessions (user_id);

-- A chain of hashes: nothing can be changed, left out or put elsewhere without the rest showing it.
CREATE TABLE audit (
    seq BIGINT PRIMARY KEY,
    at_ms BIGINT NOT NULL,
    who TEXT COLLATE "C" NOT NULL,
    act TEXT COLLATE "C" NOT NULL,
    about TEXT COLLATE "C" NOT NULL DEFAULT '',
    reason TEXT COLLATE "C" NOT NULL DEFAULT '',
    data TEXT COLLATE "C" NOT NULL DEFAULT '{}',
    digest TEXT COLLATE "C" NOT NULL
);
CREATE INDEX audit_about ON audit (about, seq);
CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log only grows' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION audit_only_grows();
CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_only_grows();
CREATE TRIGGER audit_is_never_emptied BEFORE TRUNCATE ON audit EXECUTE FUNCTION audit_only_grows();
