-- The first characters of an API key, to tell keys apart by. Of those that were made earlier nobody knows
-- them.
ALTER TABLE portal_application_key ADD COLUMN prefix TEXT NOT NULL DEFAULT '';
