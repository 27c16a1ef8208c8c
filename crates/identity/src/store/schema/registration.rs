//! The tables of clients that register themselves.

// Clients that registered themselves. `registration` is what they said (JSON); `origin`, `fingerprint` and
// `registration_token` are keyed digests: of the address block, of the metadata, of the token of RFC 7592.
// `prune_at` is set while nobody but the client itself cares for it. A pruned client leaves a row that
// lets it come back.
pub(super) const REGISTRATION: &str = "
ALTER TABLE identity_client ADD COLUMN created_by TEXT NOT NULL DEFAULT 'management';
ALTER TABLE identity_client ADD COLUMN last_used_at BIGINT;
ALTER TABLE identity_client ADD COLUMN registration TEXT;
ALTER TABLE identity_client ADD COLUMN registration_token TEXT;
ALTER TABLE identity_client ADD COLUMN origin TEXT;
ALTER TABLE identity_client ADD COLUMN fingerprint TEXT;
ALTER TABLE identity_client ADD COLUMN prune_at BIGINT;
CREATE INDEX identity_client_prune ON identity_client (prune_at) WHERE prune_at IS NOT NULL;
CREATE INDEX identity_client_unused ON identity_client (origin, created_at)
    WHERE prune_at IS NOT NULL AND last_used_at IS NULL;
CREATE INDEX identity_client_fingerprint ON identity_client (fingerprint)
    WHERE prune_at IS NOT NULL AND last_used_at IS NULL;

CREATE TABLE identity_pruned_client (
    client_id TEXT NOT NULL PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    secret TEXT,
    used BOOLEAN NOT NULL,
    pruned_at BIGINT NOT NULL
);
CREATE INDEX identity_pruned_client_order ON identity_pruned_client (used, pruned_at);

CREATE TABLE identity_initial_access_token (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    token TEXT NOT NULL UNIQUE,
    remaining BIGINT,
    expires_at BIGINT,
    last_used_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX identity_initial_access_token_order ON identity_initial_access_token (created_at, id)
";

// The keys that clients known by a metadata document publish, by key id: one id stands for one key.
pub(super) const PUBLISHED_KEYS: &str = "
CREATE TABLE identity_published_key (
    client_id TEXT NOT NULL REFERENCES identity_client (client_id) ON DELETE CASCADE,
    kid TEXT NOT NULL,
    thumbprint TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, kid)
)
";
