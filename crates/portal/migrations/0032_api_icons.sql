-- The pictures of APIs in catalogues. `content` is base64; `digest` is of what it holds, and stands in
-- addresses, so that what is at an address never changes.
CREATE TABLE portal_api_icon (
    api_product_id TEXT PRIMARY KEY REFERENCES portal_api_product (id) ON DELETE CASCADE,
    -- `image/png` or `image/jpeg`.
    media_type TEXT NOT NULL,
    content TEXT NOT NULL,
    digest TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
