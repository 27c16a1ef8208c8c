//! The Konnect-compatible control plane and the developer portal.
