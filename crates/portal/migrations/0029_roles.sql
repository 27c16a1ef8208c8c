-- What a token may do that belongs to nobody: `owner`, `admin`, `viewer` or `gateway`. One that belongs to
-- somebody may do what they may.
ALTER TABLE portal_platform_token ADD COLUMN access TEXT;
-- Whose a `kpat_` token is.
ALTER TABLE portal_platform_token ADD COLUMN administrator_id TEXT REFERENCES portal_administrator (id);
CREATE INDEX portal_platform_token_administrator ON portal_platform_token (administrator_id);

-- Users and system accounts that have the same roles. `access` is that of the teams that are always there.
CREATE TABLE portal_organization_team (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT,
    -- JSON.
    labels TEXT NOT NULL,
    access TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE TABLE portal_organization_member (
    team_id TEXT NOT NULL REFERENCES portal_organization_team (id) ON DELETE CASCADE,
    -- A user or a system account.
    member_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (team_id, member_id)
);
CREATE INDEX portal_organization_member_member ON portal_organization_member (member_id);
CREATE TABLE portal_assigned_role (
    id TEXT PRIMARY KEY,
    -- A user, a system account or a team.
    holder_id TEXT NOT NULL,
    role_name TEXT NOT NULL,
    entity_type_name TEXT NOT NULL,
    -- One entity, or the organisation for all of them.
    entity_id TEXT NOT NULL,
    entity_region TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (holder_id, role_name, entity_type_name, entity_id, entity_region)
);

INSERT INTO portal_organization_team (id, name, description, labels, access, created_at, updated_at) VALUES
    ('4f6f1a52-5c0e-4d8b-9d0c-0c1f2a6f7a01', 'Organization Admin', 'May do everything in the organization.', '{}', 'owner', 0, 0),
    ('4f6f1a52-5c0e-4d8b-9d0c-0c1f2a6f7a02', 'Organization Maintainer', 'May do everything but change accounts, their tokens and their roles.', '{}', 'admin', 0, 0),
    ('4f6f1a52-5c0e-4d8b-9d0c-0c1f2a6f7a03', 'Organization Admin (Read Only)', 'May read everything in the organization.', '{}', 'viewer', 0, 0);

-- What there is already goes on as before: it could do everything.
UPDATE portal_platform_token SET access = 'owner' WHERE system_account_id IS NULL;
INSERT INTO portal_organization_member (team_id, member_id, created_at)
    SELECT '4f6f1a52-5c0e-4d8b-9d0c-0c1f2a6f7a01', id, created_at FROM portal_system_account;
