//! Indexes for a tenant whose clients registered themselves by the hundred thousand.

// Of a crowd that registered itself, the few that an administrator made are found by themselves, as are
// those with metadata of their owner's and those known by an id elsewhere.
pub(super) const CROWDS: &str = "
CREATE INDEX identity_client_first_party ON identity_client (created_at, client_id)
    WHERE is_first_party;
CREATE INDEX identity_client_metadata ON identity_client (created_at, client_id)
    WHERE NOT (metadata = '{}');
CREATE INDEX identity_client_external ON identity_client (external_client_id)
    WHERE external_client_id IS NOT NULL
";
