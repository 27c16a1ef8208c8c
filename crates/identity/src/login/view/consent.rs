//! Consent: who asks, for what, and where the reader goes afterwards.

use web::components::{FieldErrors, form, notice};
use web::{Markup, Page, Text, Tone, Visitor, Width, html};

use super::Way;

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) struct Applicant<'a> {
    pub(crate) name: &'a str,
    pub(crate) made_by: MadeBy<'a>,
    /// A picture that is safe to show: see [`crate::login::applicant`].
    pub(crate) logo: Option<&'a str>,
    pub(crate) website: Option<&'a str>,
    pub(crate) policy: Option<&'a str>,
    pub(crate) terms: Option<&'a str>,
}

/// Who made the client, and so vouches for its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MadeBy<'a> {
    /// The tenant's own application.
    Tenant,
    /// Somebody else's, set up by the tenant's administrators.
    Administrator,
    /// It registered itself; nobody looked at it.
    Itself,
    /// A metadata document at this host describes it.
    Document(&'a str),
}

/// Where the reader goes afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    /// A host on the network.
    Host(String),
    /// A program on this device: a loopback address or a scheme of its own.
    ThisDevice(String),
}

/// An API, and what may be done there.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    pub(crate) api: String,
    pub(crate) permissions: Vec<Permission>,
}

/// One scope in words.
#[derive(Clone, Debug)]
pub(crate) struct Permission {
    pub(crate) label: String,
    /// The scope itself, where the label says it differently.
    pub(crate) scope: Option<String>,
}

/// The consent page.
#[derive(Clone, Debug)]
pub(crate) struct Consent<'a> {
    pub(crate) way: Way<'a>,
    pub(crate) applicant: Applicant<'a>,
    /// The tenant's name.
    pub(crate) tenant: &'a str,
    /// Who is signed in.
    pub(crate) user: &'a str,
    /// OpenID Connect's own scopes that were asked for.
    pub(crate) about_user: &'a [&'a str],
    pub(crate) access: &'a [Access],
    pub(crate) destination: Destination,
}

pub(crate) fn consent(visitor: &Visitor, shown: &Consent<'_>) -> Page {
    let text = visitor.text();
    let title = text.with(
        "consent-title",
        [("application", shown.applicant.name.into())],
    );
    let main = html! {
        div.page-heading.asks {
            @if let Some(logo) = shown.applicant.logo {
                img.applicant-logo src=(logo) alt="" width="48" height="48" referrerpolicy="no-referrer";
            }
            div {
                h1 { (title) }
                p.lead {
                    (text.with("consent-signed-in", [("user", shown.user.into())])) " "
                    a href=(shown.way.href("/u/login")) { (text.get("consent-other-account")) }
                }
            }
        }
        div.panel {
            (who(text, &shown.applicant, shown.tenant))
            (requested(text, shown.about_user, shown.access))
            (destination(text, &shown.destination))
            (form(visitor, &shown.way.href("/u/consent"), &FieldErrors::new(), html! {
                div.form-actions.decide {
                    button.button.button-primary type="submit" name="action" value="accept" { (text.get("consent-allow")) }
                    button.button.button-secondary type="submit" name="action" value="deny" { (text.get("consent-deny")) }
                }
            }))
        }
        p.aside-note { (text.get("consent-revoke")) }
    };
    visitor.page(&title).width(Width::Card).main(main)
}

/// Who is behind the name, and what they say about themselves.
pub(super) fn who(text: Text, applicant: &Applicant<'_>, tenant: &str) -> Markup {
    let tenant_arg = || [("tenant", tenant.into())];
    let links = [
        ("consent-website", applicant.website),
        ("consent-policy", applicant.policy),
        ("consent-terms", applicant.terms),
    ];
    html! {
        @match applicant.made_by {
            MadeBy::Tenant => { p.fine { (text.with("consent-first-party", tenant_arg())) } }
            MadeBy::Administrator => { p.fine { (text.with("consent-by-tenant", tenant_arg())) } }
            MadeBy::Itself => { (notice(text, Tone::Warning, html! { p { (text.with("consent-by-itself", tenant_arg())) } })) }
            MadeBy::Document(host) => {
                (notice(text, Tone::Warning, html! {
                    p { (text.with("consent-by-document", [("tenant", tenant.into()), ("host", host.into())])) }
                }))
            }
        }
        @if links.iter().any(|(_, href)| href.is_some()) {
            ul.inline-links aria-label=(text.with("consent-about", [("application", applicant.name.into())])) {
                @for (label, href) in links {
                    @if let Some(href) = href {
                        li { a href=(href) rel="noopener noreferrer nofollow" target="_blank" { (text.get(label)) } }
                    }
                }
            }
        }
    }
}

/// What is asked for.
pub(super) fn requested(text: Text, about_user: &[&str], access: &[Access]) -> Markup {
    html! {
        @if about_user.is_empty() && access.is_empty() {
            p.spaced { (text.get("consent-nothing")) }
        }
        @if !about_user.is_empty() {
            h2.group-title { (text.get("consent-profile-title")) }
            ul.permissions {
                @for scope in about_user {
                    li { (text.lookup(&format!("consent-scope-{scope}")).unwrap_or_else(|| (*scope).to_owned())) }
                }
            }
        }
        @for access in access { (api(access)) }
    }
}

fn api(access: &Access) -> Markup {
    html! {
        h2.group-title { (access.api) }
        ul.permissions {
            @for permission in &access.permissions {
                li {
                    (permission.label)
                    @if let Some(scope) = &permission.scope { " " code.fine { (scope) } }
                }
            }
        }
    }
}

fn destination(text: Text, destination: &Destination) -> Markup {
    html! {
        div.destination {
            @match destination {
                Destination::Host(host) => { p { (text.get("consent-goes-to")) " " strong { (host) } } }
                Destination::ThisDevice(address) => {
                    p { (text.get("consent-goes-to-device")) " " code { (address) } }
                    p.fine { (text.get("consent-device-warning")) }
                }
            }
        }
    }
}
