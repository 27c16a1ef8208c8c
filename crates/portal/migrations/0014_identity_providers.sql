-- The OpenID provider with which a portal's developers sign in.
CREATE TABLE portal_identity_provider (
    id TEXT PRIMARY KEY,
    portal_id TEXT NOT NULL UNIQUE REFERENCES portal_portal (id) ON DELETE CASCADE,
    enabled BOOLEAN NOT NULL,
    issuer TEXT NOT NULL,
    client_id TEXT NOT NULL,
    -- The client secret, sealed.
    secret TEXT,
    -- JSON.
    scopes TEXT NOT NULL,
    claim_mappings TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
-- Who a developer is at a provider. The pair of issuer and subject is the only thing that never passes
-- to somebody else (OpenID Connect Core §5.7).
CREATE TABLE portal_developer_identity (
    portal_id TEXT NOT NULL REFERENCES portal_portal (id) ON DELETE CASCADE,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    developer_id TEXT NOT NULL REFERENCES portal_developer (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    last_sign_in_at BIGINT NOT NULL,
    PRIMARY KEY (portal_id, issuer, subject)
);
CREATE INDEX portal_developer_identity_developer ON portal_developer_identity (developer_id);
-- Who is of these groups at the provider is of the team.
CREATE TABLE portal_team_group (
    team_id TEXT NOT NULL REFERENCES portal_team (id) ON DELETE CASCADE,
    group_name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (team_id, group_name)
);
