//! Values that stand in environment variables: `${NAME}`. Secrets are never written out; everything else
//! may differ from one instance to the next.

use crate::command::declare::kind::Kind;

/// Names of members that hold a secret, in objects of this kind.
pub(in crate::command::declare) fn secret_members(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Provider => &portal::model::PROVIDER_SECRETS,
        Kind::Strategy => portal::model::STRATEGY_SECRETS,
        Kind::Authentication => &["client_secret"],
        Kind::Destination | Kind::OrganizationWebhook => &["authorization"],
        _ => &[],
    }
}

/// The environment variable for a secret: `GATEHOUSE_SECRET_AUTH0_INITIAL_CLIENT_SECRET`.
pub(in crate::command::declare) fn variable(name: &str, member: &str) -> String {
    let words = format!("gatehouse secret {name} {member}");
    let plain: String = words
        .chars()
        .map(|c| match c.is_ascii_alphanumeric() {
            true => c.to_ascii_uppercase(),
            false => ' ',
        })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join("_")
}
