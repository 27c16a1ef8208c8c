-- What a strategy's `configs.openid-connect` holds that is never shown, as a JSON object, sealed.
ALTER TABLE portal_auth_strategy ADD COLUMN secrets TEXT;
