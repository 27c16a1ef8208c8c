-- The team: who signs in to the console.
CREATE TABLE portal_administrator (
    id TEXT PRIMARY KEY,
    -- Lower case.
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- `owner`, `admin` or `viewer`.
    role TEXT NOT NULL,
    -- Argon2 in PHC form.
    password_hash TEXT NOT NULL,
    -- Somebody else made the password: its owner chooses another one at the first sign-in.
    password_is_temporary BOOLEAN NOT NULL,
    last_sign_in_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE TABLE portal_administrator_session (
    -- A keyed digest of what the browser keeps.
    digest TEXT PRIMARY KEY,
    administrator_id TEXT NOT NULL REFERENCES portal_administrator (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    -- The end, however often it is used.
    expires_at BIGINT NOT NULL
);
CREATE INDEX portal_administrator_session_owner ON portal_administrator_session (administrator_id);
