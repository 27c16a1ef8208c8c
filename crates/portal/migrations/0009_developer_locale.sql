-- The language in which a developer is written to, as a tag (BCP 47): that of the page where they signed up.
ALTER TABLE portal_developer ADD COLUMN locale TEXT;
