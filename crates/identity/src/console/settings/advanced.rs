//! What strangers may do: registering clients, by request or by a metadata document.
//!
//! Source: the vendor's "Dynamic Client Registration" (Settings > Advanced).

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use web::components::{Definition, Field, FieldErrors, button, definitions, notice, settings_form};
use web::{Administrator, Form, Markup, Page, Text, Tone, Visitor, Width, html};

use super::{ADVANCED, heading};
use crate::Tenant;
use crate::console::text::{choice, switch};
use crate::console::{Acting, Input, Refused, text};
use crate::management::schema::Body;
use crate::management::tenant_settings::CHANGE;
use crate::model::registration_policy::RegistrationPolicy;
use crate::service;
use crate::visit::Visit;

const MODE: &str = "dynamic_client_registration_security_mode";
const DOCUMENTS: &str = "client_id_metadata_document_supported";

pub(super) async fn page(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    reader: Administrator,
    visit: Visit,
) -> Page {
    let text = text(&visitor);
    let settings = tenant.tenant_settings();
    let open = settings.flag("enable_dynamic_client_registration");
    let documents = settings.is(DOCUMENTS);
    let mode = settings.text(MODE).unwrap_or("strict");
    let labels = [
        "advanced-registration",
        "advanced-mode",
        "advanced-documents",
    ]
    .map(|id| text.get(id));
    let hints = ["advanced-registration-hint", "advanced-mode-hint"].map(|id| text.get(id));
    let modes = ["permissive", "strict"].map(|word| choice(text, "mode", word, word == mode));
    let (open_choice, documents_choice) = (
        switch(text, "registration", open),
        switch(text, "documents", documents),
    );
    let endpoint = visit.issuer.endpoint("oidc/register");
    let main = html! {
        (heading(text, ADVANCED))
        @if open {
            (notice(text, Tone::Info, html! {
                p { (text.get("advanced-open-now")) " " code { (endpoint) } }
            }))
        }
        (settings_form(
            &visitor, reader.role.may_change().then_some(ADVANCED), &FieldErrors::new(),
            html! {
                (Field::checkboxes(text, "registration", &labels[0], &open_choice).hint(&hints[0]))
                (Field::radios(text, "mode", &labels[1], &modes).hint(&hints[1]))
                (Field::checkboxes(text, "documents", &labels[2], &documents_choice))
            },
            button(&text.get("save")),
        ))
        (policies(text, &tenant.settings().registration))
    };
    let title = text.get("settings-advanced");
    visitor.page(&title).width(Width::Reading).main(main)
}

pub(super) async fn save(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    acting: Acting,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let mode = match input.text("mode") {
        mode @ ("permissive" | "strict") => mode,
        _ => "strict",
    };
    let changes = json!({
        "flags": { "enable_dynamic_client_registration": input.is_on("registration") },
        MODE: mode,
        DOCUMENTS: input.is_on("documents"),
    });
    let changes = CHANGE.read(changes, Body::Change)?;
    service::tenant_settings::change(&tenant, changes).await?;
    acting.record(&tenant, "Update tenant settings", "advanced settings");
    Ok(visitor
        .redirect_saying(ADVANCED, Tone::Success, text(&visitor).get("saved"))
        .into_response())
}

/// What the configuration says: shown, so that nobody wonders why a client is refused, and changed there.
fn policies(text: Text, policy: &RegistrationPolicy) -> Markup {
    let yes_no = |yes: bool| text.get(if yes { "yes" } else { "no" });
    let list = |words: &[String]| match words.is_empty() {
        true => text.get("policy-any"),
        false => words.join(", "),
    };
    let number = |number: u32| number.to_string();
    let days = |lifetime: std::time::Duration| {
        let days = usize::try_from(lifetime.as_secs() / 86_400).unwrap_or(usize::MAX);
        text.with("days", [("count", days.into())])
    };
    let per_second = policy
        .per_second
        .map_or_else(|| text.get("policy-none"), number);
    let issuers: Vec<String> = policy
        .software_issuers
        .iter()
        .map(|issuer| issuer.issuer.clone())
        .collect();
    let rows = [
        ("require_token", yes_no(policy.require_token)),
        ("management", yes_no(policy.management)),
        ("redirect_hosts", list(&policy.redirect_hosts)),
        ("redirect_schemes", none_or(text, &policy.redirect_schemes)),
        ("grant_types", list(&policy.grant_types)),
        ("scopes", list(&policy.scopes)),
        ("reserved_names", none_or(text, &policy.reserved_names)),
        ("per_origin", number(policy.per_origin)),
        ("per_second", per_second),
        ("max_unused", number(policy.max_unused)),
        ("max_clients", number(policy.max_clients)),
        ("unused_days", days(policy.unused_lifetime)),
        ("lifetime_days", days(policy.lifetime)),
        ("software_issuers", none_or(text, &issuers)),
        (
            "require_software_statement",
            yes_no(policy.require_software_statement),
        ),
        ("document_hosts", list(&policy.document_hosts)),
    ];
    let rows: Vec<Definition> = rows
        .into_iter()
        .map(|(key, value)| {
            let label = text.get(&format!("policy-{}", key.replace('_', "-")));
            Definition::new(label, html! { (value) })
        })
        .collect();
    html! {
        section.section aria-labelledby="policies" {
            h2 id="policies" { (text.get("policies-title")) }
            p.fine.spaced { (text.get("policies-lead")) " " code { "[identity.registration]" } }
            div.panel.spaced { (definitions(&rows)) }
        }
    }
}

fn none_or(text: Text, words: &[String]) -> String {
    match words.is_empty() {
        true => text.get("policy-none"),
        false => words.join(", "),
    }
}
