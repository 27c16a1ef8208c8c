//! Tables of the login pages.

// `digest` and `bound_to` are keyed digests.
pub(super) const LOGIN: &str = "
CREATE TABLE identity_login_ticket (
    digest TEXT NOT NULL PRIMARY KEY,
    bound_to TEXT NOT NULL,
    client_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    connection TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX identity_login_ticket_expiry ON identity_login_ticket (expires_at)
";
