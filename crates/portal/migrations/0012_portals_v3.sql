-- What a v3 portal is beside a v2 one: who sees what is published or written there if nothing else is
-- said, and its looks as `…/customization` has them, as JSON.
ALTER TABLE portal_portal ADD COLUMN default_api_visibility TEXT NOT NULL DEFAULT 'private';
ALTER TABLE portal_portal ADD COLUMN default_page_visibility TEXT NOT NULL DEFAULT 'private';
ALTER TABLE portal_portal ADD COLUMN customization TEXT NOT NULL DEFAULT '{}';
