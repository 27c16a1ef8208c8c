//! What people see of the tenant, where they go after signing out, how long sessions last.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use web::components::{Field, button, notice, settings_form};
use web::{Administrator, Form, Page, Tone, Visitor, Width, html};

use super::{GENERAL, heading};
use crate::Tenant;
use crate::console::text::outcome;
use crate::console::{Acting, Input, Refused, Told, text};
use crate::management::schema::Body;
use crate::management::tenant_settings::CHANGE;
use crate::model::Members;
use crate::model::tenant_settings::TenantSettings;
use crate::service;
use web::{as_lines, as_text};

/// Members of the settings that this page changes, and the fields for them.
const FIELDS: &[(&str, &str)] = &[
    ("friendly_name", "friendly_name"),
    ("picture_url", "picture_url"),
    ("support_email", "support_email"),
    ("support_url", "support_url"),
    ("default_audience", "default_audience"),
    ("allowed_logout_urls", "allowed_logout_urls"),
    ("session_lifetime_in_minutes", "session_lifetime"),
    ("idle_session_lifetime_in_minutes", "idle_session_lifetime"),
];

pub(super) async fn page(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    reader: Administrator,
) -> Page {
    let editor = reader.role.may_change();
    draw(
        &visitor,
        &tenant.tenant_settings(),
        editor,
        &Told::default(),
    )
}

pub(super) async fn save(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    acting: Acting,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let changes = changes(&input);
    let outcome = match CHANGE.read(Value::Object(changes.clone()), Body::Change) {
        Ok(valid) => service::tenant_settings::change(&tenant, valid).await,
        Err(error) => Err(error),
    };
    let text = text(&visitor);
    if let Err(error) = outcome {
        let mut told = Told::of(text, error, FIELDS)?;
        if told.notice.is_some() {
            // The one rule beyond the schema is that the audience exists.
            told = Told::default();
            told.fields
                .add("default_audience", text.get("invalid-default_audience"));
        }
        let mut entered = TenantSettings::clone(&tenant.tenant_settings());
        entered.apply(changes);
        return Ok(draw(&visitor, &entered, true, &told).into_response());
    }
    acting.record(&tenant, "Update tenant settings", "settings");
    Ok(visitor
        .redirect_saying(GENERAL, Tone::Success, text.get("saved"))
        .into_response())
}

fn changes(input: &Input) -> Members {
    let mut changes = Members::new();
    for name in [
        "friendly_name",
        "picture_url",
        "support_email",
        "support_url",
        "default_audience",
    ] {
        changes.insert(name.to_owned(), json!(input.text(name)));
    }
    let urls = input.lines("allowed_logout_urls");
    changes.insert("allowed_logout_urls".to_owned(), urls);
    for name in ["session_lifetime", "idle_session_lifetime"] {
        changes.insert(format!("{name}_in_minutes"), minutes(input.text(name)));
    }
    changes
}

/// Hours, perhaps with a fraction, in whole minutes; anything else as it came.
fn minutes(hours: &str) -> Value {
    match hours.parse::<f64>() {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the range is checked, and minutes are whole"
        )]
        Ok(hours) if (0.0..1_000_000.0).contains(&hours) => json!((hours * 60.0).round() as i64),
        _ => json!(hours),
    }
}

fn draw(visitor: &Visitor, settings: &TenantSettings, editor: bool, told: &Told) -> Page {
    let text = text(visitor);
    let members = &settings.0;
    let value = |name: &str| as_text(members.get(name));
    let values = [
        "friendly_name",
        "picture_url",
        "support_email",
        "support_url",
        "default_audience",
        "session_lifetime",
        "idle_session_lifetime",
    ]
    .map(value);
    let [name, picture, mail, help, audience, lifetime, idle] = &values;
    let labels = FIELDS.iter().map(|(_, field)| {
        let id = format!("settings-{}", field.replace('_', "-"));
        (text.get(&id), text.lookup(&format!("{id}-hint")))
    });
    let labels: Vec<(String, Option<String>)> = labels.collect();
    let urls = as_lines(members.get("allowed_logout_urls"));
    let errors = &told.fields;
    let hinted = |field: Field<'_>, at: usize| match &labels[at].1 {
        Some(hint) => html! { (field.hint(hint)) },
        None => html! { (field) },
    };
    let line = |at: usize, value: &str| {
        let name = FIELDS[at].1;
        let field = Field::line(text, name, &labels[at].0);
        hinted(field.value(value).error(errors.of(name)).optional(), at)
    };
    let fields = html! {
        (line(0, name))
        (line(1, picture))
        (line(2, mail))
        (line(3, help))
        (line(4, audience))
        (hinted(Field::area(text, FIELDS[5].1, &labels[5].0).value(&urls).error(errors.of(FIELDS[5].1)).optional(), 5))
        (hinted(Field::line(text, FIELDS[6].1, &labels[6].0).value(lifetime).error(errors.of(FIELDS[6].1)), 6))
        (hinted(Field::line(text, FIELDS[7].1, &labels[7].0).value(idle).error(errors.of(FIELDS[7].1)), 7))
    };
    let main = html! {
        (heading(text, GENERAL))
        @if let Some(told) = &told.notice { (notice(text, Tone::Danger, html! { p { (told) } })) }
        (settings_form(visitor, editor.then_some(GENERAL), errors, fields, button(&text.get("save"))))
    };
    let page = visitor.page(&text.get("settings-title"));
    outcome(page.width(Width::Reading), errors, told.notice.as_deref()).main(main)
}
