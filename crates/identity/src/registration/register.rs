//! Registering a client.

use oauth::client_metadata::ClientMetadata;
use oauth::{ClientSecret, ShownOnce, secret};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::accept::{Terms, accept, members};
use super::actions::{self, Applicant, Settled};
use super::initial_access::{self, InitialAccess};
use super::prune::{self, Returning};
use super::refusal::Refusal;
use super::{sector, statement};
use crate::model::Members;
use crate::model::client::Client;
use crate::model::log::Event;
use crate::model::registration::{CreatedBy, Registration};
use crate::model::third_party::{PERMISSIVE, Rules, STRICT};
use crate::service::actions::flow::ClientOrigin;
use crate::store::registrations::{self, Standing};
use crate::visit::Visit;
use crate::{Tenant, bounds, service, store};

/// A client that was registered, or was registered before and never used.
pub(super) struct Registered {
    pub(super) client: Client,
    pub(super) secret: Option<ShownOnce<ClientSecret>>,
    /// The token that reads, changes and removes the registration (RFC 7592).
    pub(super) token: Option<ShownOnce<SecretString>>,
}

/// What a registration request carries.
pub(super) struct Request<'a> {
    pub(super) tenant: &'a Tenant,
    pub(super) visit: &'a Visit,
    pub(super) authorization: Option<&'a [u8]>,
    pub(super) body: &'a [u8],
}

/// Registers a client.
///
/// One without a secret gets the client that was registered with the same metadata before, as long as
/// nobody used it: programs that register at every start make one client, not many. One that was pruned
/// comes back under its id if it names it (`client_id`) and proves the same metadata, and its secret if it
/// had one.
///
/// # Errors
/// Refusals of RFC 7591 §3.2.2; 403 where it is switched off or the tenant is full; 401 for an initial
/// access token that does not count; 429 over the budget.
pub(super) async fn register(request: &Request<'_>) -> Result<Registered, Refusal> {
    let tenant = request.tenant;
    if !tenant
        .tenant_settings()
        .flag("enable_dynamic_client_registration")
    {
        return Err(Refusal::off());
    }
    let spent = spend(tenant, request.visit)?;
    let access = initial_access::present(tenant, request.authorization).await?;
    let sent = read(request.body)?;
    let rules = rules(tenant);
    let (metadata, software_issuer) = statement::apply(tenant, &sent, false).await?;
    let terms = terms(tenant, rules);
    let metadata = accept(metadata, &terms)?;
    let applicant = Applicant {
        origin: ClientOrigin::Dynamic {
            initial_access_token: access.as_ref().map(|access| access.id.clone()),
        },
        visit: Some(request.visit),
        sent: software_issuer.is_some().then_some(&sent),
        known: None,
    };
    let Settled { metadata, own } = actions::ask(tenant, applicant, metadata, &terms).await?;
    sector::check(tenant, &metadata).await?;
    let fingerprint = with_own(tenant, fingerprint(tenant, rules, &metadata), &own);
    if access.is_none()
        && let Some(known) = known(tenant, &fingerprint).await?
    {
        spent.give_back();
        return Ok(known);
    }
    let back = prune::returning(tenant, &sent, &fingerprint).await?;
    prune::make_room(tenant).await?;
    let created_by = match software_issuer {
        Some(_) => CreatedBy::SoftwareStatement,
        None => CreatedBy::Dcr,
    };
    let registration = Registration {
        metadata,
        initial_access_token: access.as_ref().map(|access| access.id.clone()),
        software_issuer,
        fresh_until: None,
    };
    let mut client = client(tenant, rules, created_by, registration);
    client.metadata = own;
    let origin = bounds::digest(tenant, &bounds::block(&request.visit.ip));
    let registered = store(tenant, client, back, (origin, fingerprint), access).await?;
    write_down(request, &registered.client);
    Ok(registered)
}

fn write_down(request: &Request<'_>, client: &Client) {
    let tenant = request.tenant;
    let entry = tenant.entry(Event::SuccessApi, request.visit);
    let mut entry = entry
        .saying("Dynamic client registration")
        .with("client_name", client.name.as_str());
    entry.client_id = Some(client.client_id.clone());
    tenant.log(entry);
}

/// The profile of clients that register now.
pub(super) fn rules(tenant: &Tenant) -> &'static Rules {
    let settings = tenant.tenant_settings();
    match settings.text("dynamic_client_registration_security_mode") {
        Some("permissive") => &PERMISSIVE,
        _ => &STRICT,
    }
}

/// The terms under which clients register.
pub(super) fn terms<'a>(tenant: &'a Tenant, rules: &'static Rules) -> Terms<'a> {
    Terms {
        rules,
        policy: &tenant.settings().registration,
        tenant_name: &tenant.settings().name,
        secrets: true,
    }
}

/// What was sent, as a JSON object whose redirect URIs are a list.
pub(super) fn read(body: &[u8]) -> Result<Value, Refusal> {
    let sent: Value = serde_json::from_slice(body).map_err(|error| {
        Refusal::metadata(format!(
            "the body must be a JSON object of metadata: {error}"
        ))
    })?;
    let Some(members) = sent.as_object() else {
        return Err(Refusal::metadata(
            "the body must be a JSON object of metadata",
        ));
    };
    let texts = |list: &Vec<Value>| list.iter().all(Value::is_string);
    match members.get("redirect_uris") {
        None | Some(Value::Null) => {}
        Some(Value::Array(list)) if texts(list) => {}
        Some(_) => {
            return Err(Refusal::redirect_uri(
                "redirect_uris must be a list of URIs",
            ));
        }
    }
    Ok(sent)
}

/// Metadata out of a JSON object.
pub(super) fn parse(sent: &Value) -> Result<ClientMetadata, Refusal> {
    serde_path_to_error::deserialize(sent).map_err(|error| {
        let member = error.path().to_string();
        Refusal::metadata(format!("{member} is not of the type that it must be"))
    })
}

/// One registration of an address block's budget.
pub(super) struct Spent<'a> {
    tenant: &'a Tenant,
    block: String,
}

impl Spent<'_> {
    /// It cost nothing.
    fn give_back(self) {
        self.tenant.registrar().origins.give_back(&self.block);
    }
}

/// Takes one registration from the budgets.
///
/// # Errors
/// 429 with the time to wait.
pub(super) fn spend<'a>(tenant: &'a Tenant, visit: &Visit) -> Result<Spent<'a>, Refusal> {
    let (registrar, block) = (tenant.registrar(), bounds::block(&visit.ip));
    registrar.origins.take(&block).map_err(Refusal::limited)?;
    let spent = Spent { tenant, block };
    if let Some(all) = &registrar.all
        && let Err(wait) = all.take("")
    {
        spent.give_back();
        return Err(Refusal::limited(wait));
    }
    Ok(spent)
}

/// Two sets of metadata have the same digest if they are the same.
pub(super) fn fingerprint(
    tenant: &Tenant,
    rules: &'static Rules,
    metadata: &ClientMetadata,
) -> String {
    let mode = if rules == &STRICT {
        "strict"
    } else {
        "permissive"
    };
    let text = serde_json::to_string(metadata).unwrap_or_default();
    let data = format!("{mode}\n{text}");
    tenant
        .sealer()
        .digest("identity.registration.fingerprint", data.as_bytes())
}

/// What Actions set belongs to what a client is recognised by.
pub(super) fn with_own(tenant: &Tenant, fingerprint: String, own: &Members) -> String {
    if own.is_empty() {
        return fingerprint;
    }
    let text = serde_json::to_string(own).unwrap_or_default();
    let data = format!("{fingerprint}\n{text}");
    tenant
        .sealer()
        .digest("identity.registration.fingerprint", data.as_bytes())
}

/// A client without a secret that registered with the same metadata and still waits for its first use.
async fn known(tenant: &Tenant, fingerprint: &str) -> Result<Option<Registered>, Refusal> {
    let policy = &tenant.settings().registration;
    // One that would go soon is not given to anybody any more.
    let until = tenant.clock().now() + policy.unused_lifetime / 2;
    let found = registrations::unused_public(tenant.db(), fingerprint, until).await?;
    Ok(found.map(|stored| Registered {
        client: stored.client,
        secret: None,
        token: None,
    }))
}

/// The client as it will be stored.
pub(super) fn client(
    tenant: &Tenant,
    rules: &'static Rules,
    created_by: CreatedBy,
    registration: Registration,
) -> Client {
    let mut request = members(&registration.metadata, rules);
    let kind = match created_by {
        CreatedBy::MetadataDocument => "cimd",
        _ => "dcr",
    };
    request.insert("external_metadata_type".to_owned(), kind.into());
    request.insert("external_metadata_created_by".to_owned(), "client".into());
    let mut client = Client::register(request, tenant.entropy(), tenant.clock().now());
    client.created_by = created_by;
    client.registration = Some(Box::new(registration));
    client
}

/// Whether the client's method needs a shared secret.
pub(super) fn has_secret(client: &Client) -> bool {
    matches!(
        client.authentication_method(),
        Some("client_secret_post" | "client_secret_basic")
    )
}

async fn store(
    tenant: &Tenant,
    mut client: Client,
    back: Option<Returning>,
    (origin, fingerprint): (String, String),
    access: Option<InitialAccess>,
) -> Result<Registered, Refusal> {
    let policy = &tenant.settings().registration;
    // Everybody can read the metadata of a client without a secret: whoever brings it back may not manage
    // what others use.
    let manages = policy.management && back.as_ref().is_none_or(|back| back.secret.is_some());
    let mut secret = None;
    if let Some(back) = back {
        client.client_id = back.client_id;
        secret = back.secret;
    }
    let id = &client.client_id;
    let secret = has_secret(&client).then(|| match secret {
        Some(secret) => service::clients::seal(tenant, id, secret),
        None => service::clients::new_secret(tenant, id),
    });
    let token = manages.then(|| new_token(tenant));
    let standing = Standing {
        origin,
        fingerprint,
        token: token.as_ref().map(|token| token_digest(tenant, token)),
        prune_at: client.created_at + policy.unused_lifetime,
    };
    let sealed = secret.as_ref().map(|secret| secret.sealed.as_str());
    match access {
        None => registrations::insert(tenant.db(), &client, sealed, &standing).await?,
        Some(access) => {
            let mut tx = tenant.db().begin().await?;
            let now = tenant.clock().now();
            if !store::initial_access_tokens::spend(&mut tx, &access.id, now).await? {
                return Err(initial_access::spent());
            }
            registrations::insert_in(&mut tx, &client, sealed, &standing).await?;
            tx.commit().await?;
        }
    }
    tracing::info!(client.id = %client.client_id, client.created_by = client.created_by.as_str(), "client registered itself");
    Ok(Registered {
        client,
        secret: secret.map(|secret| ShownOnce::new(secret.clear)),
        token: token.map(ShownOnce::new),
    })
}

/// A registration access token: 256 bits.
pub(super) fn new_token(tenant: &Tenant) -> SecretString {
    format!("rat_{}", tenant.entropy().url_safe(43)).into()
}

const TOKEN: &str = "identity.registration_access_token";

pub(super) fn token_digest(tenant: &Tenant, token: &SecretString) -> String {
    tenant
        .sealer()
        .digest(TOKEN, token.expose_secret().as_bytes())
}

/// Whether the token is the one whose digest is kept.
pub(super) fn is_token(tenant: &Tenant, sent: &str, digest: &str) -> bool {
    tenant
        .sealer()
        .verify_digest(TOKEN, sent.as_bytes(), digest)
}

/// Whether a secret that was sent is the client's.
pub(super) fn is_secret(known: &ClientSecret, sent: &str) -> bool {
    secret::same(known.expose_secret().as_bytes(), sent.as_bytes())
}
