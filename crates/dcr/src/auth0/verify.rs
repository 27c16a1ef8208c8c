//! Tries what the adapter needs, with a client that is removed again.
//!
//! Auth0 checks a token's permission before it looks at the path's id or at the body. So where a
//! permission is missing that a later check would need (a client to change, say), the check goes
//! on with an id that does not exist: a missing permission still shows as 403.

use http::{Method, StatusCode};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::management::{Answer, Call, Management};
use super::wire::{self, GrantBody};
use crate::call::segment;
use crate::client::{NOBODY, without_openid};
use crate::findings::{self, Canary, failed, held, lacking};
use crate::port::{ErrorKind, Finding, Probe};

const ABSENT_CLIENT: &str = "gatehouse0verification0absent000";
const ABSENT_GRANT: &str = "cgr_GatehouseAbsent0";

/// One finding a check, in the order in which an administrator would mend them.
pub(super) async fn run(management: &Management, probe: &Probe) -> Vec<Finding> {
    let (mut findings, _) = findings::discovery(&management.caller, &management.issuer).await;
    if let Err(error) = management.tokens.fresh().await {
        findings.push(failed("management_token", &error));
        return findings;
    }
    findings.push(held(
        "management_token",
        format!(
            "the initial client gets a token for {}",
            management.tokens.audience()
        ),
    ));
    let mut checks = Checks {
        management,
        findings,
    };

    // First the permission that cleans up: without it no client is made.
    let removable = checks
        .permission(
            "delete:clients",
            Call::new(Method::DELETE, client_path(ABSENT_CLIENT), "delete:clients"),
        )
        .await
        .is_some();
    let call = Call::new(Method::GET, "/api/v2/clients", "read:clients")
        .query("fields", "client_id")
        .query("include_fields", "true")
        .query("take", "1");
    checks.permission("read:clients", call).await;

    let body = if removable { canary() } else { json!({}) };
    let call = Call::new(Method::POST, "/api/v2/clients", "create:clients").body(&body);
    let created = checks.permission("create:clients", call).await;
    let client = created
        .as_ref()
        .and_then(|answer| made(answer, "client_id"));
    let mut secret = created.and_then(|answer| made(&answer, "client_secret"));
    if removable && client.is_none() {
        checks.note_uncreated();
    }
    let id = client.as_deref().unwrap_or(ABSENT_CLIENT);
    let call = Call::new(Method::PATCH, client_path(id), "update:clients")
        .body(&json!({ "description": "removed at once" }));
    checks.permission("update:clients", call).await;
    let call = Call::new(
        Method::POST,
        format!("{}/rotate-secret", client_path(id)),
        "update:client_keys",
    );
    let rotated = checks.permission("update:client_keys", call).await;
    secret = rotated
        .and_then(|answer| made(&answer, "client_secret"))
        .or(secret);

    let secret = secret.map(SecretString::from);
    let made = client.as_deref().zip(secret.as_ref());
    checks.grants(id, made, probe).await;
    if let Some(client) = &client {
        checks.remove(client).await;
    }
    if probe.developer_managed_scopes {
        let audience = probe
            .audience
            .as_deref()
            .unwrap_or(management.tokens.audience());
        let path = format!("/api/v2/resource-servers/{}", segment(audience));
        let call = Call::new(Method::GET, path, "read:resource_servers");
        checks.permission("read:resource_servers", call).await;
    }
    checks.findings
}

struct Checks<'a> {
    management: &'a Management,
    findings: Vec<Finding>,
}

impl Checks<'_> {
    /// Makes the call; any answer but a refusal for want of the permission proves the permission.
    async fn permission(&mut self, check: &str, call: Call) -> Option<Answer> {
        match self.management.call(&call).await {
            Ok(answer) => {
                let message = format!("the initial client has the permission {check}");
                self.findings.push(held(check, message));
                Some(answer)
            }
            Err(error) => {
                self.findings.push(failed(check, &error));
                None
            }
        }
    }

    /// The four permissions on client grants and, where a client was made, the audience.
    async fn grants(
        &mut self,
        client_id: &str,
        client: Option<(&str, &SecretString)>,
        probe: &Probe,
    ) {
        let call = Call::new(Method::GET, "/api/v2/client-grants", "read:client_grants")
            .query("client_id", client_id);
        self.permission("read:client_grants", call).await;

        let own = self.management.tokens.audience();
        let body = match &probe.audience {
            Some(audience) => GrantBody::new(client_id, audience, &probe.scopes),
            None => GrantBody::empty(client_id, own),
        };
        let call = Call::new(
            Method::POST,
            "/api/v2/client-grants",
            "create:client_grants",
        )
        .body(&body);
        let answer = self.permission("create:client_grants", call).await;
        let grant = answer.as_ref().and_then(|answer| made(answer, "id"));
        if let Some(audience) = &probe.audience {
            let finding = match &answer {
                Some(answer) if client.is_some() => {
                    audience_finding(audience, &probe.scopes, answer)
                }
                _ => lacking(
                    "audience",
                    format!(
                        "the audience {audience} could not be tried: grant the permissions above first"
                    ),
                ),
            };
            self.findings.push(finding);
            if let (Some((_, secret)), true) = (client, grant.is_some()) {
                let canary = Canary {
                    token_endpoint: &format!("{}/oauth/token", self.management.issuer),
                    client_id,
                    client_secret: secret,
                    post: true,
                    audience: Some(audience),
                    scopes: &without_openid(&probe.scopes),
                    mend: "look at the tenant's log for the reason",
                };
                let found = findings::token(&self.management.caller, &canary, probe).await;
                self.findings.extend(found);
            }
        }

        let path = format!(
            "/api/v2/client-grants/{}",
            grant.as_deref().unwrap_or(ABSENT_GRANT)
        );
        let call = Call::new(Method::PATCH, path.as_str(), "update:client_grants")
            .body(&json!({ "scope": [] }));
        self.permission("update:client_grants", call).await;
        let call = Call::new(Method::DELETE, path, "delete:client_grants");
        self.permission("delete:client_grants", call).await;
    }

    /// The permission is there, yet no client was made.
    fn note_uncreated(&mut self) {
        if let Some(finding) = self.findings.last_mut().filter(|finding| finding.ok) {
            finding.ok = false;
            "the permission create:clients is there, but the identity provider made no client; \
             look at its log for the reason"
                .clone_into(&mut finding.message);
        }
    }

    async fn remove(&mut self, client_id: &str) {
        let call = Call::new(Method::DELETE, client_path(client_id), "delete:clients");
        let answer = self.management.call(&call).await;
        let error = match answer.and_then(|answer| answer.ok_or(ErrorKind::Misconfigured)) {
            Ok(_) => return,
            Err(error) => error,
        };
        self.findings.push(findings::left(client_id, &error));
    }
}

fn audience_finding(audience: &str, scopes: &[String], answer: &Answer) -> Finding {
    let scopes = wire::with_openid(scopes).join(" ");
    if answer.status.is_success() {
        return held(
            "audience",
            format!("clients are granted {scopes} for {audience}"),
        );
    }
    if answer.status == StatusCode::NOT_FOUND {
        return lacking(
            "audience",
            format!(
                "the identity provider has no API with the identifier {audience}; create it under \
                 Applications > APIs, or correct the audience of the auth strategy"
            ),
        );
    }
    lacking(
        "audience",
        format!(
            "the identity provider does not grant {scopes} for {audience}: {}; define the scopes \
             under Applications > APIs > Permissions",
            answer.refusal()
        ),
    )
}

fn canary() -> Value {
    json!({
        "name": "Gatehouse verification (can be removed)",
        "app_type": "non_interactive",
        "grant_types": ["client_credentials"],
        "token_endpoint_auth_method": "client_secret_post",
        "client_metadata": { "konnect_application_id": NOBODY },
    })
}

fn client_path(id: &str) -> String {
    format!("/api/v2/clients/{}", segment(id))
}

/// The id of what a successful call made.
fn made(answer: &Answer, member: &str) -> Option<String> {
    if !answer.status.is_success() {
        return None;
    }
    let made: Value = answer.read().ok()?;
    Some(made.get(member)?.as_str()?.to_owned())
}
