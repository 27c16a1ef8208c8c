-- What a portal's mails say in one language: JSON, by the language's tag.
ALTER TABLE portal_email_template ADD COLUMN translations TEXT NOT NULL DEFAULT '{}';
-- Whether the team is told by mail of what waits in a portal for a decision.
ALTER TABLE portal_portal ADD COLUMN tells_team BOOLEAN NOT NULL DEFAULT TRUE;
-- Whether an administrator is, and in which language.
ALTER TABLE portal_administrator ADD COLUMN wants_mail BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE portal_administrator ADD COLUMN locale TEXT;
-- When the team was told last.
CREATE TABLE portal_told (
    what TEXT PRIMARY KEY,
    told_at BIGINT NOT NULL
);
