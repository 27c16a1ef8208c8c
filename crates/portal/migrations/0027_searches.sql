-- Searches look for a part of a name among very many: both databases find it by its letters, three at a time,
-- SQLite in a table of its full-text extension, PostgreSQL in an index of pg_trgm. `portal_developer_found` and
-- `portal_application_found` give what is looked through, in lower case, by its id.
-- on sqlite
-- The full-text table knows rows by a number that must stay as it is, which a row's own number does not.
CREATE TABLE portal_developer_text (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE REFERENCES portal_developer (id) ON DELETE CASCADE,
    text TEXT NOT NULL
);
INSERT INTO portal_developer_text (id, text) SELECT id, LOWER(full_name || ' ' || email) FROM portal_developer;
CREATE VIRTUAL TABLE portal_developer_letters
    USING fts5 (text, content = 'portal_developer_text', content_rowid = 'number', tokenize = 'trigram');
INSERT INTO portal_developer_letters (portal_developer_letters) VALUES ('rebuild');
CREATE TRIGGER portal_developer_text_made AFTER INSERT ON portal_developer BEGIN
    INSERT INTO portal_developer_text (id, text) VALUES (new.id, LOWER(new.full_name || ' ' || new.email));
END;
CREATE TRIGGER portal_developer_text_changed AFTER UPDATE OF full_name, email ON portal_developer
WHEN new.full_name <> old.full_name OR new.email <> old.email BEGIN
    UPDATE portal_developer_text SET text = LOWER(new.full_name || ' ' || new.email) WHERE id = new.id;
END;
CREATE TRIGGER portal_developer_letters_made AFTER INSERT ON portal_developer_text BEGIN
    INSERT INTO portal_developer_letters (rowid, text) VALUES (new.number, new.text);
END;
CREATE TRIGGER portal_developer_letters_gone AFTER DELETE ON portal_developer_text BEGIN
    INSERT INTO portal_developer_letters (portal_developer_letters, rowid, text)
        VALUES ('delete', old.number, old.text);
END;
CREATE TRIGGER portal_developer_letters_changed AFTER UPDATE ON portal_developer_text BEGIN
    INSERT INTO portal_developer_letters (portal_developer_letters, rowid, text)
        VALUES ('delete', old.number, old.text);
    INSERT INTO portal_developer_letters (rowid, text) VALUES (new.number, new.text);
END;
CREATE VIEW portal_developer_found AS
    SELECT t.id, l.text FROM portal_developer_letters l CROSS JOIN portal_developer_text t ON t.number = l.rowid;

CREATE TABLE portal_application_text (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE REFERENCES portal_application (id) ON DELETE CASCADE,
    text TEXT NOT NULL
);
INSERT INTO portal_application_text (id, text)
    SELECT id, LOWER(name || ' ' || COALESCE(client_id, '')) FROM portal_application;
CREATE VIRTUAL TABLE portal_application_letters
    USING fts5 (text, content = 'portal_application_text', content_rowid = 'number', tokenize = 'trigram');
INSERT INTO portal_application_letters (portal_application_letters) VALUES ('rebuild');
CREATE TRIGGER portal_application_text_made AFTER INSERT ON portal_application BEGIN
    INSERT INTO portal_application_text (id, text)
        VALUES (new.id, LOWER(new.name || ' ' || COALESCE(new.client_id, '')));
END;
CREATE TRIGGER portal_application_text_changed AFTER UPDATE OF name, client_id ON portal_application
WHEN new.name <> old.name OR COALESCE(new.client_id, '') <> COALESCE(old.client_id, '') BEGIN
    UPDATE portal_application_text SET text = LOWER(new.name || ' ' || COALESCE(new.client_id, '')) WHERE id = new.id;
END;
CREATE TRIGGER portal_application_letters_made AFTER INSERT ON portal_application_text BEGIN
    INSERT INTO portal_application_letters (rowid, text) VALUES (new.number, new.text);
END;
CREATE TRIGGER portal_application_letters_gone AFTER DELETE ON portal_application_text BEGIN
    INSERT INTO portal_application_letters (portal_application_letters, rowid, text)
        VALUES ('delete', old.number, old.text);
END;
CREATE TRIGGER portal_application_letters_changed AFTER UPDATE ON portal_application_text BEGIN
    INSERT INTO portal_application_letters (portal_application_letters, rowid, text)
        VALUES ('delete', old.number, old.text);
    INSERT INTO portal_application_letters (rowid, text) VALUES (new.number, new.text);
END;
CREATE VIEW portal_application_found AS
    SELECT t.id, l.text FROM portal_application_letters l CROSS JOIN portal_application_text t ON t.number = l.rowid;
-- on postgres
CREATE VIEW portal_developer_found AS
    SELECT id, LOWER(full_name || ' ' || email) AS text FROM portal_developer;
CREATE VIEW portal_application_found AS
    SELECT id, LOWER(name || ' ' || COALESCE(client_id, '')) AS text FROM portal_application;
-- A server without the extension, or a role that may not add it: searches read every name, and find the same.
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX portal_developer_letters ON portal_developer
        USING gin (LOWER(full_name || ' ' || email) gin_trgm_ops);
    CREATE INDEX portal_application_letters ON portal_application
        USING gin (LOWER(name || ' ' || COALESCE(client_id, '')) gin_trgm_ops);
EXCEPTION WHEN OTHERS THEN
    RAISE NOTICE 'searches have no index: %', SQLERRM;
END
$$;
-- on both
-- A search in the audit for one id.
CREATE INDEX portal_audit_request ON portal_audit (request_id);
CREATE INDEX portal_audit_of ON portal_audit (entity_id);
CREATE INDEX portal_audit_by ON portal_audit (actor_id);
