-- Invitations of administrators: who has the link chooses a password, and comes in.
CREATE TABLE portal_administrator_invitation (
    -- A keyed digest of what the link holds.
    digest TEXT PRIMARY KEY,
    administrator_id TEXT NOT NULL REFERENCES portal_administrator (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL
);
CREATE INDEX portal_administrator_invitation_of ON portal_administrator_invitation (administrator_id);
