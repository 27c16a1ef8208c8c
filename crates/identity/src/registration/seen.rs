//! What users allowed holds for the client that they saw.

use storage::Tx;

use crate::model::client::Client;
use crate::model::strings;
use crate::store::grants;

/// Forgets what users allowed a client that changes into something they did not see: under another name, or
/// with another place to be sent to. They are asked again; what was issued stays.
///
/// Else a harmless client could gather consents and then send whoever is signed in to somebody else
/// (RFC 7591 §5, RFC 9700 §4.11).
pub(super) async fn forget_consents(
    tx: &mut Tx,
    old: &Client,
    new: &Client,
) -> Result<(), storage::Error> {
    if is_another(old, new) {
        grants::delete_of_client(tx, &new.client_id).await?;
    }
    Ok(())
}

fn is_another(old: &Client, new: &Client) -> bool {
    let known: Vec<&str> = strings(old.settings.get("callbacks")).collect();
    let mut callbacks = strings(new.settings.get("callbacks"));
    old.name != new.name || callbacks.any(|uri| !known.contains(&uri))
}

#[cfg(test)]
mod tests {
    use oauth::{Entropy, Timestamp};
    use serde_json::{Value, json};

    use super::is_another;
    use crate::model::client::Client;

    #[test]
    fn fewer_addresses_are_the_same_client_and_others_are_not() {
        let client = |name: &str, callbacks: Value| {
            let Value::Object(request) = json!({ "name": name, "callbacks": callbacks }) else {
                unreachable!()
            };
            Client::register(request, &Entropy::seeded(1), Timestamp::from_millis(0))
        };
        let old = client("a", json!(["https://a.example/1", "https://a.example/2"]));
        assert!(!is_another(&old, &old));
        assert!(!is_another(
            &old,
            &client("a", json!(["https://a.example/2"]))
        ));
        assert!(is_another(
            &old,
            &client("b", json!(["https://a.example/2"]))
        ));
        assert!(is_another(
            &old,
            &client("a", json!(["https://a.example/3"]))
        ));
    }
}
