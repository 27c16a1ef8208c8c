-- The refresh token before the current one, which a second tab may still send.
ALTER TABLE portal_developer_session ADD COLUMN previous_refresh_digest TEXT;
