-- Since when the application's secret is being replaced at the identity provider: of two requests at one
-- moment only one can show a secret that works.
ALTER TABLE portal_application ADD COLUMN rotating_since BIGINT;
