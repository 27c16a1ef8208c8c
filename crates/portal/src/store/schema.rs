//! The tables, and which of their columns are sealed.

use storage::Migrations;
use storage::outbox;
use storage::seal::SealedColumn;

/// The portal's tables.
pub const MIGRATIONS: Migrations = Migrations {
    component: "portal",
    steps: &[
        include_str!("../../migrations/0001_initial.sql"),
        include_str!("../../migrations/0002_session_overlap.sql"),
        include_str!("../../migrations/0003_strategy_secrets.sql"),
        include_str!("../../migrations/0004_administrators.sql"),
        include_str!("../../migrations/0005_dcr_clients.sql"),
        include_str!("../../migrations/0006_reconciliation.sql"),
        include_str!("../../migrations/0007_retiring_credentials.sql"),
        include_str!("../../migrations/0008_fleet_rotations.sql"),
        include_str!("../../migrations/0009_developer_locale.sql"),
        include_str!("../../migrations/0010_reconcile_marks.sql"),
        include_str!("../../migrations/0011_dcr_attempts.sql"),
        include_str!("../../migrations/0012_portals_v3.sql"),
        include_str!("../../migrations/0013_system_accounts.sql"),
        include_str!("../../migrations/0014_identity_providers.sql"),
        include_str!("../../migrations/0015_usage.sql"),
        include_str!("../../migrations/0016_teams.sql"),
        include_str!("../../migrations/0017_apis.sql"),
        include_str!("../../migrations/0018_dcr_history.sql"),
        include_str!("../../migrations/0019_audit_webhooks.sql"),
        include_str!("../../migrations/0020_key_prefix.sql"),
        include_str!("../../migrations/0021_large_portals.sql"),
        include_str!("../../migrations/0022_rotating.sql"),
        include_str!("../../migrations/0023_portal_pages.sql"),
        include_str!("../../migrations/0024_ip_allow_list.sql"),
        include_str!("../../migrations/0025_portal_mail.sql"),
        include_str!("../../migrations/0026_removals.sql"),
        include_str!("../../migrations/0027_searches.sql"),
        include_str!("../../migrations/0028_mails.sql"),
        include_str!("../../migrations/0029_roles.sql"),
        include_str!("../../migrations/0030_companions.sql"),
        include_str!("../../migrations/0031_page_trees.sql"),
        include_str!("../../migrations/0032_api_icons.sql"),
        include_str!("../../migrations/0033_invitations.sql"),
    ],
};

/// Everything that a new key-encryption key takes over. Mails are sealed while they wait.
pub(crate) const SEALED: [SealedColumn; 7] = [
    SealedColumn {
        table: "portal_dcr_provider",
        key: "id",
        column: "secret",
    },
    SealedColumn {
        table: "portal_auth_strategy",
        key: "id",
        column: "secrets",
    },
    SealedColumn {
        table: "portal_dcr_client",
        key: "id",
        column: "state",
    },
    SealedColumn {
        table: "portal_identity_provider",
        key: "id",
        column: "secret",
    },
    SealedColumn {
        table: "portal_audit_destination",
        key: "id",
        column: "authorization_sealed",
    },
    SealedColumn {
        table: "portal_audit_key",
        key: "id",
        column: "sealed",
    },
    outbox::PAYLOADS,
];
