//! A form that sends the operation's request through the portal, by the page's script.
//!
//! No field has a name: whatever became of the script, nothing that is entered can end in an address. What
//! is entered stays in the page and is gone with it.

use web::components::notice;
use web::{Markup, Text, Tone, html};

use super::Shown;
use crate::pages::reference::{Body, Credential, Operation, Parameter, Schema, sample_value};

pub(super) fn section(
    shown: &Shown,
    operation: &Operation<'_>,
    bases: &[String],
    credentials: &[Credential],
) -> Markup {
    let text = shown.text();
    html! {
        section.try-it.panel aria-labelledby="try" {
            h3 id="try" { (text.get("reference-try")) }
            @if shown.version.base_urls.is_empty() {
                p.fine { (text.get("reference-try-nowhere")) }
            } @else {
                p.fine { (text.get("reference-try-lead")) }
                noscript { (notice(text, Tone::Info, html! { (text.get("reference-try-needs-script")) })) }
                (form(shown, operation, bases, credentials))
                (outcome(text))
            }
        }
    }
}

fn form(
    shown: &Shown,
    operation: &Operation<'_>,
    bases: &[String],
    credentials: &[Credential],
) -> Markup {
    let parameters = &operation.parameters;
    let text = shown.text();
    html! {
        form.form hidden autocomplete="off" data-try=(format!("/try/{}", shown.version.id))
            data-method=(operation.entry.method) data-path=(operation.entry.path) {
            @if bases.len() > 1 {
                div.field {
                    label for="try-server" { (text.get("product-base-url")) }
                    select id="try-server" { @for (at, base) in bases.iter().enumerate() { option value=(at) { (base) } } }
                }
            }
            (authentication(shown, credentials))
            @if !parameters.is_empty() {
                fieldset.bare {
                    legend.group-title { (text.get("reference-parameters")) }
                    div.try-fields {
                        @for (at, parameter) in parameters.iter().enumerate() { (field(text, at, parameter)) }
                    }
                }
            }
            @if let Some(body) = &operation.body { (sent(text, body)) }
            div.form-actions { button.button.button-primary type="submit" { (text.get("reference-try-send")) } }
        }
    }
}

fn authentication(shown: &Shown, credentials: &[Credential]) -> Markup {
    let text = shown.text();
    html! {
        @if !credentials.is_empty() {
            fieldset.bare {
                legend.group-title { (text.get("reference-try-credentials")) }
                @if shown.signed_in && !shown.version.schemes.is_empty() {
                    p.field-hint { (text.get("reference-try-own")) " " a href="/my-apps" { (text.get("nav-apps")) } }
                }
                @if credentials.len() > 1 {
                    div.field {
                        label for="try-way" { (text.get("product-how-to-sign")) }
                        select id="try-way" {
                            @for (at, credential) in credentials.iter().enumerate() {
                                option value=(at) { (credential_name(text, credential)) }
                            }
                        }
                    }
                }
                @for (at, credential) in credentials.iter().enumerate() {
                    div.try-fields data-way=(at) data-credential=(word(credential)) data-credential-name=[key(credential)] hidden[at > 0] {
                        @if *credential == Credential::Basic {
                            div.field {
                                label for=(format!("try-id-{at}")) { (text.get("app-client-id")) }
                                input.mono id=(format!("try-id-{at}")) autocomplete="off" spellcheck="false" autocapitalize="none";
                            }
                        }
                        div.field {
                            label for=(format!("try-secret-{at}")) { (secret_name(text, credential)) }
                            input.mono id=(format!("try-secret-{at}")) type="password" autocomplete="off" spellcheck="false";
                        }
                    }
                }
            }
        }
    }
}

const fn word(credential: &Credential) -> &'static str {
    match credential {
        Credential::Basic => "basic",
        Credential::Bearer => "bearer",
        Credential::Header(_) => "header",
        Credential::Query(_) => "query",
    }
}

fn key(credential: &Credential) -> Option<&str> {
    match credential {
        Credential::Header(name) | Credential::Query(name) => Some(name),
        Credential::Basic | Credential::Bearer => None,
    }
}

fn credential_name(text: Text, credential: &Credential) -> String {
    match credential {
        Credential::Basic => text.get("reference-auth-basic"),
        Credential::Bearer => text.get("reference-auth-bearer"),
        Credential::Header(name) | Credential::Query(name) => {
            format!("{} ({name})", text.get("reference-auth-key"))
        }
    }
}

fn secret_name(text: Text, credential: &Credential) -> String {
    match credential {
        Credential::Basic => text.get("app-client-secret"),
        Credential::Bearer => text.get("reference-auth-bearer"),
        Credential::Header(name) | Credential::Query(name) => name.clone(),
    }
}

fn field(text: Text, at: usize, parameter: &Parameter<'_>) -> Markup {
    let id = format!("try-{at}");
    let value = sample_value(parameter.example, &parameter.schema).unwrap_or_default();
    let value = if parameter.required || parameter.example.is_some() {
        value
    } else {
        String::new()
    };
    let data = Data {
        place: parameter.place.word(),
        name: parameter.name,
        style: parameter.style,
        explode: parameter.explode,
        required: parameter.required,
    };
    control(text, &id, &data, &parameter.schema, &value)
}

/// What the script knows of a field.
struct Data<'a> {
    place: &'a str,
    name: &'a str,
    style: &'a str,
    explode: bool,
    required: bool,
}

fn control(text: Text, id: &str, data: &Data<'_>, schema: &Schema<'_>, value: &str) -> Markup {
    let kind = schema.types.first().copied().unwrap_or("string");
    let choices: Vec<String> = match kind {
        "boolean" => vec!["true".to_owned(), "false".to_owned()],
        "array" | "object" => Vec::new(),
        _ => schema
            .values
            .iter()
            .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
            .collect(),
    };
    let is_file = data.place == "form" && schema.format == Some("binary");
    // What it is if nothing is entered.
    let default = schema.default.filter(|_| value.is_empty() && !is_file);
    let default = default.map(|value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    });
    let hint = matches!(kind, "array" | "object").then(|| format!("{id}-hint"));
    html! {
        div.field {
            label for=(id) {
                code { (data.name) }
                @if data.required { " " span.member-required { (text.get("reference-required")) } }
            }
            @if let Some(hint) = &hint { p.field-hint id=(hint) { (text.get(&format!("reference-try-{kind}"))) } }
            @if choices.is_empty() {
                input.mono id=(id) type=(if is_file { "file" } else { "text" }) value=(if is_file { "" } else { value }) spellcheck="false"
                    autocapitalize="none" data-in=(data.place) data-name=(data.name) data-kind=(kind) data-style=(data.style)
                    data-explode[data.explode] data-needed[data.required] aria-required=[data.required.then_some("true")]
                    aria-describedby=[hint] placeholder=[default];
            } @else {
                select id=(id) data-in=(data.place) data-name=(data.name) data-kind=(kind) data-style=(data.style) data-explode[data.explode]
                    data-needed[data.required] {
                    @if !data.required || value.is_empty() { option value="" { "–" } }
                    @for choice in choices.iter().take(500) {
                        option value=(choice) selected[choice == value] { (choice) }
                    }
                }
            }
        }
    }
}

fn sent(text: Text, body: &Body<'_>) -> Markup {
    let usual = body
        .contents
        .iter()
        .find(|content| content.media_type.contains("json"));
    let Some(content) = usual.or_else(|| body.contents.first()) else {
        return html! {};
    };
    let schema = content
        .schema
        .as_ref()
        .filter(|schema| !schema.properties.is_empty());
    let example = |at: usize| {
        let example = body.contents[at]
            .examples
            .first()
            .filter(|example| !example.cut);
        example.map_or("", |example| example.text.as_str())
    };
    // What is sent field by field cannot be written as one text.
    let texts = (0..body.contents.len()).filter(|at| !body.contents[*at].is_form());
    let texts: Vec<usize> = texts.collect();
    html! {
        fieldset.bare data-body=(content.media_type) {
            legend.group-title { (text.get("reference-body")) }
            @if let Some(schema) = schema.filter(|_| content.is_form()) {
                div.try-fields {
                    @for (at, property) in schema.properties.iter().enumerate() {
                        @let data = Data { place: "form", name: property.name, style: "form", explode: true, required: property.required };
                        (control(text, &format!("try-form-{at}"), &data, &property.schema, &sample_value(None, &property.schema).unwrap_or_default()))
                    }
                }
            } @else {
                div.try-fields {
                    @if texts.len() > 1 {
                        div.field {
                            label for="try-type" { (text.get("reference-try-type")) }
                            select id="try-type" {
                                @for at in &texts {
                                    @let kind = body.contents[*at].media_type;
                                    option value=(kind) data-example=(example(*at)) selected[kind == content.media_type] { (kind) }
                                }
                            }
                        }
                    }
                    div.field {
                        label for="try-body" { code { (content.media_type) } }
                        @let shown = body.contents.iter().position(|one| std::ptr::eq(one, content)).map_or("", example);
                        textarea.mono id="try-body" rows=(shown.lines().count().clamp(4, 18)) spellcheck="false" { "\n" (shown) }
                    }
                }
            }
        }
    }
}

/// Where the answer is shown, with the words for it.
fn outcome(text: Text) -> Markup {
    html! {
        div.try-answer hidden data-answer data-missing=(text.get("reference-try-missing")) data-failed=(text.get("reference-try-failed"))
            data-signed-out=(text.get("reference-try-signed-out")) data-binary=(text.get("reference-try-binary"))
            data-cut=(text.get("reference-try-cut")) data-empty=(text.get("reference-no-body")) {
            h4 { (text.get("reference-try-answer")) }
            p role="status" data-status {}
            details data-headers-shown {
                summary { (text.get("reference-headers")) }
                pre tabindex="0" role="group" aria-label=(text.get("reference-headers")) data-headers {}
            }
            pre tabindex="0" role="group" aria-label=(text.get("reference-try-answer")) data-text {}
        }
    }
}
