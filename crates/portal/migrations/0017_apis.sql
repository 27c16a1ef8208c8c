-- What the third generation of the platform API says of a product, which it calls an API. `version` is
-- the API's own, beside those of its versions; `slug` stands in addresses; `attributes` is a JSON list
-- of `key=word`.
ALTER TABLE portal_api_product ADD COLUMN version TEXT;
ALTER TABLE portal_api_product ADD COLUMN slug TEXT;
ALTER TABLE portal_api_product ADD COLUMN attributes TEXT NOT NULL DEFAULT '[]';
CREATE UNIQUE INDEX portal_api_product_slug ON portal_api_product (slug);

-- `public` or `private`: who may read about the product in this portal.
ALTER TABLE portal_api_product_portal ADD COLUMN visibility TEXT NOT NULL DEFAULT 'private';

-- `oas2` or `oas3`.
ALTER TABLE portal_specification ADD COLUMN kind TEXT NOT NULL DEFAULT 'oas3';
UPDATE portal_specification SET kind = 'oas2'
WHERE document LIKE '%"swagger":"%' AND document NOT LIKE '%"openapi":"%';
