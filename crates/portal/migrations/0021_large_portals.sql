-- Lists of portals with very many developers, applications and registrations: a page is found in its order,
-- which is the newest first where nobody asks for another, and counted without its rows.
CREATE INDEX portal_developer_newest ON portal_developer (portal_id, created_at DESC, id);
CREATE INDEX portal_developer_named ON portal_developer (portal_id, full_name, id);
CREATE INDEX portal_developer_standing ON portal_developer (portal_id, status, created_at DESC, id);

CREATE INDEX portal_application_newest ON portal_application (portal_id, created_at DESC, id);
CREATE INDEX portal_application_named ON portal_application (portal_id, name, id);
CREATE INDEX portal_application_standing ON portal_application (portal_id, status, created_at DESC, id);
-- Nearly all are active: an index of that is no help, and one of the others is small.
DROP INDEX portal_application_status;
CREATE INDEX portal_application_unsettled ON portal_application (updated_at, id) WHERE status <> 'active';

CREATE INDEX portal_registration_newest ON portal_registration (portal_id, created_at DESC, id);
CREATE INDEX portal_registration_standing ON portal_registration (portal_id, status, created_at DESC, id);

CREATE INDEX portal_api_product_newest ON portal_api_product (created_at DESC, id);
CREATE INDEX portal_api_product_named ON portal_api_product (LOWER(name), id);

CREATE INDEX portal_audit_newest ON portal_audit (occurred_at DESC, id);
CREATE INDEX portal_audit_kind ON portal_audit (entity_type, occurred_at DESC, id);
CREATE INDEX portal_audit_actor ON portal_audit (actor_kind, occurred_at DESC, id);
