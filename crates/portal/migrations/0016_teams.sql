-- Whether the developers of a team may own applications together.
ALTER TABLE portal_team ADD COLUMN can_own_applications BOOLEAN NOT NULL DEFAULT FALSE;
-- The team that owns an application. The developer stays the one it was made by, or was handed to last.
ALTER TABLE portal_application ADD COLUMN team_id TEXT REFERENCES portal_team (id);
CREATE INDEX portal_application_team ON portal_application (team_id);
CREATE INDEX portal_team_role_entity ON portal_team_role (entity_id, team_id);
