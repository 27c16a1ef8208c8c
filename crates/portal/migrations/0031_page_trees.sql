-- Counts every write of a portal's pages, so that nodes know whether the tree of them that they keep is the one
-- there is.
ALTER TABLE portal_portal ADD COLUMN pages_revision BIGINT NOT NULL DEFAULT 0;
