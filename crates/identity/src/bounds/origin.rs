//! From where somebody asks.

use crate::Tenant;

/// What is kept of a block: enough to tell it from others, and no address.
pub(crate) fn digest(tenant: &Tenant, block: &str) -> String {
    tenant
        .sealer()
        .digest("identity.registration.origin", block.as_bytes())
}
