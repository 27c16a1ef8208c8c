//! Teams of portals: who they are, what their roles are for, and the groups whose members they have.

use serde_json::{Map, Value};

/// Roles are for every region where nothing else is said.
pub(super) const EVERYWHERE: &str = "*";

/// Roles and groups are sets: in one order, wherever they come from.
pub(super) fn in_order(members: &mut Map<String, Value>) {
    if let Some(Value::Array(roles)) = members.get_mut("roles") {
        let word = |role: &Value, name: &str| role[name].as_str().unwrap_or_default().to_owned();
        roles.sort_by_key(|role| ["product", "role", "region"].map(|name| word(role, name)));
    }
    if let Some(Value::Array(groups)) = members.get_mut("groups") {
        groups.sort_by_key(|group| group.as_str().unwrap_or_default().to_owned());
    }
}
