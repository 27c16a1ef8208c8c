//! What a provider's claims say of somebody.

use serde_json::{Map, Value};

use super::Failure;
use crate::model::IdentityProvider;
use crate::service::accounts::Vouched;

/// The longest subject (OpenID Connect Core §2).
const MAX_SUBJECT: usize = 255;

/// Most groups that are looked at.
const MAX_GROUPS: usize = 1000;

/// Who the claims speak of, in the portal's terms. `issuer` is the one that the ID token was verified for.
///
/// # Errors
/// [`Failure::Provider`] without a subject.
pub(super) fn vouched(
    provider: &IdentityProvider,
    issuer: &str,
    claims: &Map<String, Value>,
) -> Result<Vouched, Failure> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::trim);
    let subject = claims.get("sub").and_then(Value::as_str);
    let subject = subject.filter(|sub| !sub.is_empty() && sub.len() <= MAX_SUBJECT);
    let subject = subject.ok_or_else(|| Failure::provider("the ID token names nobody"))?;
    let mappings = &provider.claim_mappings;
    let email = text(&mappings.email).filter(|email| !email.is_empty());
    Ok(Vouched {
        issuer: issuer.to_owned(),
        subject: subject.to_owned(),
        email: email.map(str::to_lowercase),
        email_verified: is_verified(&mappings.email, claims),
        name: text(&mappings.name)
            .filter(|name| !name.is_empty())
            .map(str::to_owned),
        groups: groups(claims.get(&mappings.groups)),
    })
}

/// Whether the provider says that it has verified the address. The claim speaks of the claim `email` and
/// of no other (OpenID Connect Core §5.1). Some providers write it as a text.
fn is_verified(email: &str, claims: &Map<String, Value>) -> bool {
    let verified = match claims.get("email_verified") {
        Some(Value::Bool(verified)) => *verified,
        Some(Value::String(text)) => text == "true",
        _ => false,
    };
    verified && (email == "email" || claims.get(email) == claims.get("email"))
}

fn groups(claim: Option<&Value>) -> Option<Vec<String>> {
    match claim? {
        Value::String(one) => Some(vec![one.clone()]),
        Value::Array(all) => {
            let names = all.iter().filter_map(Value::as_str).take(MAX_GROUPS);
            Some(names.map(str::to_owned).collect())
        }
        _ => None,
    }
}

/// What another server wrote, fit for a log line and a page: the characters of an OAuth error code.
pub(super) fn plain(code: &str) -> String {
    code.chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        .take(60)
        .collect()
}

#[cfg(test)]
mod tests {
    use oauth::{Entropy, Timestamp};
    use serde_json::{Value, json};

    use super::{Vouched, vouched};
    use crate::model::{ClaimMappings, IdentityProvider, IdentityProviderId, PortalId};

    fn read(mappings: ClaimMappings, claims: &Value) -> Vouched {
        let entropy = Entropy::seeded(1);
        let provider = IdentityProvider {
            id: IdentityProviderId::new(&entropy),
            portal_id: PortalId::new(&entropy),
            enabled: true,
            issuer: "https://id.example".into(),
            client_id: "portal".into(),
            secret: None,
            scopes: Vec::new(),
            claim_mappings: mappings,
            created_at: Timestamp::from_millis(0),
            updated_at: Timestamp::from_millis(0),
        };
        vouched(&provider, "https://id.example", claims.as_object().unwrap()).unwrap()
    }

    #[test]
    fn an_address_is_verified_only_where_the_provider_says_so_of_that_address() {
        let usual = ClaimMappings::default;
        let verified = |mappings, claims: Value| read(mappings, &claims).email_verified;
        let claims = |verified: Value| json!({ "sub": "1", "email": "Ada@Example.com", "email_verified": verified });
        assert!(verified(usual(), claims(json!(true))));
        assert!(verified(usual(), claims(json!("true"))));
        for other in [
            json!(false),
            json!("false"),
            json!(1),
            json!(null),
            json!("True"),
        ] {
            assert!(!verified(usual(), claims(other.clone())), "{other}");
        }
        // Entra ID lets a directory's administrator write any address into `upn` and the like.
        let mapped = ClaimMappings {
            email: "upn".into(),
            ..usual()
        };
        let both = json!({ "sub": "1", "email": "a@b.example", "email_verified": true, "upn": "c@d.example" });
        assert!(!verified(mapped, both));
        assert_eq!(
            read(usual(), &claims(json!(true))).email.unwrap(),
            "ada@example.com"
        );
    }

    #[test]
    fn groups_are_a_list_or_one_name() {
        let groups = |claim: Value| {
            read(
                ClaimMappings::default(),
                &json!({ "sub": "1", "groups": claim }),
            )
            .groups
        };
        assert_eq!(groups(json!(["a", 1, "b"])).unwrap(), ["a", "b"]);
        assert_eq!(groups(json!("a")).unwrap(), ["a"]);
        assert_eq!(groups(json!({})), None);
    }
}
