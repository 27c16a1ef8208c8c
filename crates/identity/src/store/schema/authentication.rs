//! The tables of the authorization endpoint: sessions, pending requests, consents.

// `token`, and a transaction's `id` and `browser`, are keyed digests: what a browser holds cannot be
// read out of the database. `amr`, `device`, `request`, `progress` and `scope` are JSON.
pub(super) const AUTHENTICATION: &str = "
CREATE TABLE identity_session (
    id TEXT NOT NULL PRIMARY KEY,
    token TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL,
    connection TEXT NOT NULL,
    auth_time BIGINT NOT NULL,
    acr TEXT,
    amr TEXT NOT NULL,
    device TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    idle_expires_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX identity_session_user ON identity_session (user_id, created_at, id);
CREATE INDEX identity_session_expiry ON identity_session (expires_at);
CREATE INDEX identity_session_idle ON identity_session (idle_expires_at);

CREATE TABLE identity_session_client (
    session_id TEXT NOT NULL REFERENCES identity_session (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    issuer TEXT NOT NULL,
    PRIMARY KEY (session_id, client_id)
);

CREATE TABLE identity_transaction (
    id TEXT NOT NULL PRIMARY KEY,
    browser TEXT NOT NULL,
    request TEXT NOT NULL,
    progress TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX identity_transaction_expiry ON identity_transaction (expires_at);

CREATE TABLE identity_grant (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    audience TEXT NOT NULL,
    scope TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (user_id, client_id, audience)
);
CREATE INDEX identity_grant_client ON identity_grant (client_id);
CREATE INDEX identity_grant_order ON identity_grant (created_at, id)
";

// `origin` is a keyed digest of the address block that a request came from.
pub(super) const ORIGINS: &str = "
ALTER TABLE identity_transaction ADD COLUMN origin TEXT NOT NULL DEFAULT '';
CREATE INDEX identity_transaction_origin ON identity_transaction (origin, expires_at)
";
