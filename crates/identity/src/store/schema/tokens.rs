//! What is handed out: codes, refresh tokens, opaque access tokens, device codes, pushed requests.

// Codes and tokens are kept as keyed digests; `details` is a `model::authorization::Authorization`.
//
// A refresh token is a selector and a secret. One row holds a whole family, however often it rotates:
// the digests of the secrets that are valid now, and of those that a rotation replaced last.
pub(super) const TOKENS: &str = "
CREATE TABLE identity_authorization_code (
    code TEXT NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    session_id TEXT,
    details TEXT NOT NULL,
    redirect_uri TEXT,
    challenge TEXT,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    spent_at BIGINT,
    refresh_token_id TEXT,
    access_token TEXT,
    access_token_expires_at BIGINT
);
CREATE INDEX identity_authorization_code_expiry ON identity_authorization_code (expires_at);
CREATE INDEX identity_authorization_code_client ON identity_authorization_code (client_id);
CREATE INDEX identity_authorization_code_user ON identity_authorization_code (user_id);
CREATE INDEX identity_authorization_code_session ON identity_authorization_code (session_id);

CREATE TABLE identity_access_token (
    token TEXT NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    session_id TEXT,
    refresh_token_id TEXT,
    details TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX identity_access_token_expiry ON identity_access_token (expires_at);
CREATE INDEX identity_access_token_client ON identity_access_token (client_id);
CREATE INDEX identity_access_token_user ON identity_access_token (user_id);
CREATE INDEX identity_access_token_session ON identity_access_token (session_id);
CREATE INDEX identity_access_token_family ON identity_access_token (refresh_token_id);

CREATE TABLE identity_revoked_token (
    token TEXT NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX identity_revoked_token_expiry ON identity_revoked_token (expires_at);

CREATE TABLE identity_refresh_token (
    id TEXT NOT NULL PRIMARY KEY,
    selector TEXT NOT NULL UNIQUE,
    valid TEXT NOT NULL,
    replaced TEXT NOT NULL,
    rotated_at BIGINT NOT NULL,
    client_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    session_id TEXT,
    audience TEXT,
    details TEXT NOT NULL,
    rotating BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    last_exchanged_at BIGINT,
    idle_expires_at BIGINT,
    expires_at BIGINT
);
CREATE INDEX identity_refresh_token_client ON identity_refresh_token (client_id);
CREATE INDEX identity_refresh_token_user ON identity_refresh_token (user_id);
CREATE INDEX identity_refresh_token_session ON identity_refresh_token (session_id);
CREATE INDEX identity_refresh_token_expiry ON identity_refresh_token (expires_at);
CREATE INDEX identity_refresh_token_idle ON identity_refresh_token (idle_expires_at);

CREATE TABLE identity_device_code (
    device_code TEXT NOT NULL PRIMARY KEY,
    user_code TEXT NOT NULL UNIQUE,
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    audience TEXT,
    state TEXT NOT NULL,
    details TEXT,
    poll_interval BIGINT NOT NULL,
    polled_at BIGINT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX identity_device_code_expiry ON identity_device_code (expires_at);

CREATE TABLE identity_pushed_request (
    request_uri TEXT NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL,
    parameters TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX identity_pushed_request_expiry ON identity_pushed_request (expires_at)
";
