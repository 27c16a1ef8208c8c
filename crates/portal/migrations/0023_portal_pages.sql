-- Pages of a portal, in a tree, and what they include by name.
CREATE TABLE portal_site_page (
    id TEXT PRIMARY KEY,
    portal_id TEXT NOT NULL REFERENCES portal_portal (id) ON DELETE CASCADE,
    parent_page_id TEXT REFERENCES portal_site_page (id) ON DELETE CASCADE,
    slug TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT,
    -- Markdown.
    content TEXT NOT NULL,
    -- `public` or `private`.
    visibility TEXT NOT NULL,
    status TEXT NOT NULL,
    position BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX portal_site_page_portal ON portal_site_page (portal_id, parent_page_id);

CREATE TABLE portal_snippet (
    id TEXT PRIMARY KEY,
    portal_id TEXT NOT NULL REFERENCES portal_portal (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT,
    content TEXT NOT NULL,
    visibility TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX portal_snippet_name ON portal_snippet (portal_id, name);
