//! Every page in every language, well-formed and labelled.

use std::sync::Arc;

use axum::response::IntoResponse as _;
use http_body_util::BodyExt as _;
use web::components::{Choice, FieldErrors};
use web::testing::well_formed;
use web::{Brand, Frame, Locale, Page, Settings, Site, Visitor};

use super::consent::{Access, Applicant, Consent, Destination, MadeBy, Permission};
use super::device::Confirm;
use super::mail::Purpose;
use super::password::Reset;
use super::problem::Kind;
use super::sign_in::{Identifier, SignIn};
use super::sign_up::SignUp;
use super::{Way, consent, device, mail, password, problem, sign_in, sign_out, sign_up};
use crate::login::text::CATALOG;

const WAY: Way<'static> = Way {
    state: Some("hKFo2SBb"),
};
const NOWHERE: Way<'static> = Way { state: None };

fn visitor(locale: Locale) -> Visitor {
    let site = Site::new(Settings {
        name: "test",
        key: [1; 32],
        secure: false,
        random: Arc::new(|bytes| bytes.fill(1)),
        catalog: &CATALOG,
    });
    site.visitor(locale, "/u/login?state=hKFo2SBb")
        .framed(Frame {
            brand: Brand {
                name: "Weather & <Co>".to_owned(),
                href: String::new(),
                logo: None,
            },
            ..Frame::default()
        })
}

fn wrong(fields: &[&str]) -> FieldErrors {
    let mut errors = FieldErrors::new();
    for field in fields {
        errors.add(*field, format!("{field} is wrong"));
    }
    errors
}

fn directories() -> Vec<Choice> {
    ["Staff", "Customers"]
        .map(|name| Choice {
            value: name.to_owned(),
            label: name.to_owned(),
            ..Choice::default()
        })
        .to_vec()
}

fn applicant<'a>(made_by: MadeBy<'a>) -> Applicant<'a> {
    Applicant {
        name: "My Dynamic <Client>",
        made_by,
        logo: Some("https://client.example.com/logo.png"),
        website: Some("https://client.example.com/"),
        policy: Some("https://client.example.com/privacy"),
        terms: None,
    }
}

fn access() -> Vec<Access> {
    vec![Access {
        api: "Appointments".to_owned(),
        permissions: vec![
            Permission {
                label: "Read your appointments".to_owned(),
                scope: Some("appointments".to_owned()),
            },
            Permission {
                label: "contacts".to_owned(),
                scope: None,
            },
        ],
    }]
}

fn sign_in_pages(v: &Visitor) -> Vec<(&'static str, Page)> {
    let (none, directories) = (FieldErrors::new(), directories());
    let mut shown = SignIn {
        way: WAY,
        action: "/u/login?state=hKFo2SBb",
        kept: &[],
        lead: "to go on to My Dynamic Client",
        identifier: Identifier::Email,
        entered: "",
        connections: &[],
        may_sign_up: true,
        may_reset: true,
    };
    let mut pages = vec![("sign-in", sign_in::sign_in(v, &shown, None, &none))];
    (shown.identifier, shown.connections) = (Identifier::Either, &directories);
    (shown.entered, shown.kept) = ("\"><b>", &[("user_code", "BCDF-GHJK")]);
    pages.push((
        "sign-in-refused",
        sign_in::sign_in(
            v,
            &shown,
            Some("It failed."),
            &wrong(&["username", "password"]),
        ),
    ));
    pages.push((
        "sign-in-nowhere",
        sign_in::nowhere(v, "My Dynamic <Client>"),
    ));
    let mut shown = SignUp {
        way: WAY,
        application: "My Dynamic Client",
        connections: &[],
        email: "",
        username: None,
        password_rule: "At least 8 characters.",
    };
    pages.push(("sign-up", sign_up::sign_up(v, &shown, None, &none)));
    (shown.username, shown.connections) = (Some(("ada", (1, 15))), &directories);
    let all = wrong(&["email", "username", "password"]);
    pages.push((
        "sign-up-refused",
        sign_up::sign_up(v, &shown, Some("x"), &all),
    ));
    pages.push(("sign-up-closed", sign_up::closed(v, WAY)));
    pages
}

fn account_pages(v: &Visitor) -> Vec<(&'static str, Page)> {
    let none = FieldErrors::new();
    let mut reset = Reset {
        ticket: "t",
        email: Some("ada@example.com"),
        password_rule: "At least 8 characters.",
    };
    let mut pages = vec![
        ("forgotten", password::forgotten(v, WAY, &[], "", &none)),
        (
            "forgotten-refused",
            password::forgotten(v, NOWHERE, &directories(), "x", &wrong(&["email"])),
        ),
        ("reset", password::reset(v, &reset, &none)),
        ("changed", password::changed(v, None)),
        (
            "changed-back",
            password::changed(v, Some(("https://client.example.com/", "My Client"))),
        ),
        ("verify", mail::verify(v, "ticket")),
        ("verified", mail::verified(v)),
    ];
    for purpose in [Purpose::Reset, Purpose::Verify] {
        pages.push(("check-mail", mail::look_for_it(v, WAY, purpose)));
        pages.push(("dead-link", mail::dead_link(v, purpose)));
    }
    reset.email = None;
    let both = wrong(&["password", "again"]);
    pages.push(("reset-refused", password::reset(v, &reset, &both)));
    pages
}

fn consent_pages(v: &Visitor) -> Vec<(&'static str, Page)> {
    let access = access();
    let mut shown = Consent {
        way: WAY,
        applicant: applicant(MadeBy::Itself),
        tenant: "Weather & <Co>",
        user: "ada@example.com",
        about_user: &["openid", "profile", "email", "offline_access", "new_scope"],
        access: &access,
        destination: Destination::Host("client.example.com".to_owned()),
    };
    let mut pages = vec![("consent", consent::consent(v, &shown))];
    shown.applicant = applicant(MadeBy::Document("client.example.com"));
    shown.destination = Destination::ThisDevice("myapp:".to_owned());
    pages.push(("consent-document", consent::consent(v, &shown)));
    shown.applicant = applicant(MadeBy::Administrator);
    (shown.about_user, shown.access) = (&[], &[]);
    pages.push(("consent-nothing", consent::consent(v, &shown)));
    let confirm = Confirm {
        user_code: "BCDF-GHJK",
        applicant: applicant(MadeBy::Tenant),
        tenant: "Weather & <Co>",
        user: "ada@example.com",
        about_user: &["openid", "email"],
        access: &access,
    };
    pages.extend([
        ("device", device::code(v, "", &FieldErrors::new())),
        ("device-wrong", device::code(v, "X", &wrong(&["user_code"]))),
        ("device-confirm", device::confirm(v, &confirm)),
        ("device-done", device::done(v, true)),
        ("device-denied", device::done(v, false)),
    ]);
    pages
}

fn all_pages(v: &Visitor) -> Vec<(&'static str, Page)> {
    let kept = [("id_token_hint", "x")];
    let mut pages = sign_in_pages(v);
    pages.extend(account_pages(v));
    pages.extend(consent_pages(v));
    pages.extend([
        (
            "sign-out",
            sign_out::confirm(v, "Weather & <Co>", "/oidc/logout", &kept),
        ),
        ("signed-out", sign_out::done(v)),
    ]);
    for kind in [
        Kind::UnknownClient,
        Kind::PrunedClient,
        Kind::BadRedirect,
        Kind::BadRequest,
        Kind::Expired,
        Kind::Denied,
        Kind::Server,
    ] {
        let reason = Some("the client <x> is not known");
        let page = problem::problem(v, "Weather & <Co>", kind, Some("invalid_request"), reason);
        pages.push(("problem", page));
    }
    pages
}

async fn html(page: Page) -> String {
    let body = page.into_response().into_body().collect().await.unwrap();
    String::from_utf8(body.to_bytes().to_vec()).unwrap()
}

#[tokio::test]
async fn every_page_renders_in_every_language_and_is_well_formed() {
    for locale in Locale::ALL {
        for (name, page) in all_pages(&visitor(locale)) {
            let html = html(page).await;
            let tag = locale.tag();
            let language = format!("<html lang=\"{tag}\">");
            assert!(html.contains(&language), "{name} {tag}");
            let headings = html.matches("<h1").count();
            assert_eq!(headings, 1, "{name} {tag}: one main heading");
            assert!(
                !html.contains("<Co>") && !html.contains("<Client>"),
                "{name}"
            );
            well_formed(&html).unwrap_or_else(|wrong| panic!("{name} {tag}: {wrong}"));
        }
    }
}

#[tokio::test]
async fn a_page_leads_on_in_the_same_sign_in() {
    let v = visitor(Locale::En);
    for (name, page) in sign_in_pages(&v) {
        let html = html(page).await;
        if !html.contains("href=\"/u/") {
            continue;
        }
        for (at, _) in html.match_indices("href=\"/u/") {
            let href = html[at + 6..].split('"').next().unwrap();
            assert!(href.contains("state=hKFo2SBb"), "{name}: {href}");
        }
    }
}
