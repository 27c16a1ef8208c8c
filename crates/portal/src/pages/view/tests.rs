//! Every page in every language, well-formed and labelled.

use axum::response::IntoResponse as _;
use http_body_util::BodyExt as _;
use std::sync::Arc;

use oauth::Timestamp;
use web::components::{FieldErrors, ListQuery};
use web::{Account, Brand, Frame, Link, Locale, MenuItem, Page, Settings, Site, Visitor};

use super::application::{self, Companion, Details, Row};
use super::application_form::{self, Entered, Strategy};
use super::catalogue::{self, Catalogue, Entry};
use super::credentials::{self, Occasion, Shown};
use super::keys::{self, Key};
use super::product::{self, Document, DocumentLink, Product, Registration, Version};
use super::registration::{self, Candidate, Choosing, RegistrationRow};
use super::{account, secrets, sharing};
use crate::model::Team;
use crate::pages::source::{Sharing, Ways};
use crate::pages::specification::Scheme;
use crate::pages::text::{CATALOG, choice};
use crate::service::applications::Credential;

const BOTH: Ways = Ways {
    passwords: true,
    provider: true,
};
const AT: i64 = 1_700_000_000_000;

pub(super) fn visitor(locale: Locale) -> Visitor {
    let site = Site::new(Settings {
        name: "test",
        key: [1; 32],
        secure: false,
        random: Arc::new(|bytes| bytes.fill(1)),
        catalog: &CATALOG,
    });
    let mut frame = Frame {
        brand: Brand {
            name: "Weather & <Co>".to_owned(),
            ..Brand::default()
        },
        navigation: vec![
            Link::new("APIs", "/", "/"),
            Link::new("Apps", "/my-apps", "/"),
        ],
        ..Frame::default()
    };
    frame.account = Some(Account {
        name: "Ada Lovelace".to_owned(),
        detail: "ada@example.com".to_owned(),
        menu: vec![MenuItem::Action {
            label: "Sign out".to_owned(),
            action: "/logout".to_owned(),
        }],
    });
    site.visitor(locale, "/").framed(frame)
}

fn versions() -> Vec<Version> {
    let version = |id: &str, registration, deprecated| Version {
        id: id.to_owned(),
        name: id.to_owned(),
        deprecated,
        has_specification: true,
        credential_type: Some("client_credentials".to_owned()),
        registration,
        base_urls: vec!["http://127.0.0.1:8000/weather".to_owned()],
        schemes: vec![Scheme::ClientCredentials, Scheme::Bearer],
        scopes: Vec::new(),
    };
    vec![
        version("v3", Registration::Reviewed, false),
        version("v2", Registration::Open, false),
        version("v1", Registration::Closed, true),
        version("v0", Registration::Denied, false),
    ]
}

pub(super) fn product() -> Product {
    let link = |slug: &str, children| DocumentLink {
        slug: slug.to_owned(),
        title: format!("About {slug}"),
        children,
    };
    Product {
        id: "p1".to_owned(),
        name: "Weather".to_owned(),
        description: Some("Forecasts for **every** place.\n\n<script>x</script>".to_owned()),
        icon: Some("/icon".to_owned()),
        versions: versions(),
        documents: vec![
            link("start", vec![link("deeper", vec![])]),
            link("limits", vec![]),
        ],
    }
}

fn details(kind: &str) -> Details {
    let registration = |status: &str| RegistrationRow {
        id: format!("r-{status}"),
        product_id: "p1".to_owned(),
        product_name: "Weather".to_owned(),
        version_name: "v3".to_owned(),
        status: status.to_owned(),
        scopes: vec!["read:weather".to_owned()],
        created_at: AT,
    };
    let key = |status: &str| Key {
        id: format!("k-{status}"),
        name: "laptop".to_owned(),
        prefix: if status == "revoked" { "" } else { "aB3dE6" }.to_owned(),
        last_used_at: (status == "active").then_some(AT),
        status: status.to_owned(),
        expires_at: (status == "expired").then_some(AT),
        created_at: AT,
    };
    Details {
        id: "a1".to_owned(),
        name: "cli".to_owned(),
        team: Some("Partners & <co>".to_owned()),
        can_share: true,
        description: Some("Reads the weather".to_owned()),
        redirect_uri: Some("https://app.example/callback".to_owned()),
        scopes: vec!["read:weather".to_owned()],
        strategy: "Auth0".to_owned(),
        credential_type: kind.to_owned(),
        client_id: Some("JGx2Hn8tXz0mP4rS6vUyB1cD3fG5hK7j".to_owned()),
        credentials: Vec::new(),
        can_rotate: kind == "client_credentials",
        key_names: vec!["apikey".to_owned()],
        longest_key: None,
        keys: ["active", "revoked", "expired"].map(key).to_vec(),
        registrations: ["approved", "pending", "rejected", "revoked"]
            .map(registration)
            .to_vec(),
        created_at: AT,
        updated_at: AT,
        main: None,
        companions: vec![Companion {
            id: "a2".to_owned(),
            strategy_id: "s2".to_owned(),
            strategy: "Keys & <more>".to_owned(),
            credential_type: "key_auth".to_owned(),
        }],
        can_grow: true,
    }
}

/// An application whose old credential works on.
fn overlapping(collected: bool) -> Details {
    let at = Timestamp::from_millis(AT);
    let held = |id: &str, old: bool| Credential {
        id: id.to_owned(),
        client_id: id.to_owned(),
        retires_at: old.then_some(at),
        last_used_at: old.then_some(at),
        safe_to_retire: old.then_some(collected),
        collected: old || collected,
    };
    let credentials = vec![held("new", false), held("old", true)];
    Details {
        credentials,
        ..details("client_credentials")
    }
}

fn strategies() -> Vec<Strategy> {
    [
        ("s1", "client_credentials"),
        ("s2", "key_auth"),
        ("s3", "self_managed_client_credentials"),
    ]
    .map(|(id, kind)| Strategy {
        id: id.to_owned(),
        name: kind.to_owned(),
        credential_type: kind.to_owned(),
        scopes: vec!["read:weather".to_owned(), "write:weather".to_owned()],
        is_default: id == "s1",
    })
    .to_vec()
}

fn wrong(fields: &[&str]) -> FieldErrors {
    let mut errors = FieldErrors::new();
    for field in fields {
        errors.add(*field, format!("{field} is wrong"));
    }
    errors
}

fn listing(query: &str, entries: usize) -> Catalogue {
    let entry = |at: usize| Entry {
        id: format!("p{at}"),
        name: format!("API {at}"),
        description: at.is_multiple_of(2).then(|| "What it does".to_owned()),
        latest_version: Some("v1".to_owned()),
        versions: 2,
        icon: at.is_multiple_of(2).then(|| "/icon".to_owned()),
    };
    Catalogue {
        at: "/",
        above: None,
        heading: None,
        welcome: None,
        cover: None,
        query: query.to_owned(),
        entries: (0..entries).map(entry).collect(),
        page: 2,
        size: 10,
        total: if entries == 0 { 0 } else { 25 },
        by_role: false,
    }
}

fn application_pages(v: &Visitor) -> Vec<(&'static str, Page)> {
    let none = FieldErrors::new();
    let row = |id: &str| Row {
        id: id.to_owned(),
        name: "cli".to_owned(),
        team: Some("Partners".to_owned()),
        credential_types: vec!["client_credentials".to_owned(), "key_auth".to_owned()],
        registrations: 2,
        created_at: AT,
    };
    let (all_apps, searched) = (
        ListQuery::parse("/my-apps?sort=name&page=2"),
        ListQuery::parse("/my-apps?q=%22%3E%3Cb%3E"),
    );
    let some = (["a1", "a2", "a3"].map(row).to_vec(), 43);
    let no_apps = (Vec::new(), 0);
    let entered = Entered {
        name: "\"><b>".to_owned(),
        scopes: vec!["read:weather".to_owned()],
        ..Entered::default()
    };
    let all = wrong(&[
        "name",
        "description",
        "redirect_uri",
        "reference_id",
        "auth_strategy_id",
        "scopes",
    ]);
    let mut bare = details("client_credentials");
    bare.registrations.clear();
    bare.description = None;
    let mut keyless = details("key_auth");
    keyless.keys.clear();
    let mut limited = details("key_auth");
    limited.longest_key = Some(std::time::Duration::from_secs(30 * 24 * 3600));
    let shown = Shown {
        application_name: "cli",
        client_id: "id",
        client_secret: "secret",
        example_url: Some("http://127.0.0.1:8000/weather"),
        proceed: "/my-apps/a1",
    };
    vec![
        (
            "apps",
            application::list(v, &all_apps, &some, &["Old cli".to_owned()]),
        ),
        (
            "apps-empty",
            application::list(v, &ListQuery::default(), &no_apps, &[]),
        ),
        ("apps-none", application::list(v, &searched, &no_apps, &[])),
        (
            "app",
            application::details(v, &details("client_credentials")),
        ),
        ("app-bare", application::details(v, &bare)),
        ("app-keys", application::details(v, &details("key_auth"))),
        ("app-keys-empty", application::details(v, &keyless)),
        (
            "app-own",
            application::details(v, &details("self_managed_client_credentials")),
        ),
        (
            "app-new",
            application_form::new(v, &strategies(), &Entered::default(), None, None, &none),
        ),
        (
            "app-new-errors",
            application_form::new(
                v,
                &strategies(),
                &entered,
                Some("v3"),
                Some("It failed."),
                &all,
            ),
        ),
        (
            "app-new-none",
            application_form::new(v, &[], &Entered::default(), None, None, &none),
        ),
        (
            "app-edit",
            application_form::edit(v, "a1", "cli", true, &entered, None, &all),
        ),
        (
            "app-delete",
            application::delete(v, &details("client_credentials")),
        ),
        (
            "app-rotate",
            secrets::rotate(v, &details("client_credentials")),
        ),
        ("app-overlap", application::details(v, &overlapping(true))),
        ("app-overlap-rotate", secrets::rotate(v, &overlapping(true))),
        (
            "app-uncollected",
            application::details(v, &overlapping(false)),
        ),
        ("app-collect", secrets::rotate(v, &overlapping(false))),
        (
            "app-retire",
            secrets::retire(v, &overlapping(true), &overlapping(true).credentials[1]),
        ),
        ("secret", credentials::once(v, Occasion::Created, shown)),
        (
            "secret-rotated",
            credentials::once(v, Occasion::Rotated, shown),
        ),
        (
            "secret-succeeded",
            credentials::once(v, Occasion::Succeeded { until: AT }, shown),
        ),
        (
            "key-new",
            keys::new(v, &limited, ("", 7), &wrong(&["display_name", "days"])),
        ),
        (
            "key",
            keys::once(
                v,
                "a1",
                "key",
                "apikey",
                Some("http://127.0.0.1:8000/weather"),
            ),
        ),
        ("key-rotate", keys::rotate(v, &limited, &limited.keys[0])),
        ("key-delete", keys::delete(v, &limited, &limited.keys[0])),
        ("key-remove", keys::delete(v, &limited, &limited.keys[2])),
        ("share", share(v, None)),
        ("share-refused", share(v, Some("They may not."))),
    ]
}

fn share(v: &Visitor, failure: Option<&str>) -> Page {
    let id = "93f8380e-7798-4566-99e3-2edf2b57d289";
    let partners = Team {
        id: id.parse().unwrap(),
        portal_id: id.parse().unwrap(),
        name: "Partners & <co>".to_owned(),
        description: "Those outside".to_owned(),
        can_own_applications: true,
        created_at: Timestamp::from_millis(AT),
        updated_at: Timestamp::from_millis(AT),
    };
    let sharing = Sharing {
        owning: None,
        is_theirs: true,
        teams: vec![partners],
    };
    sharing::share(v, &details("key_auth"), &sharing, "", failure)
}

fn all_pages(v: &Visitor) -> Vec<(&'static str, Page)> {
    let none = FieldErrors::new();
    let (weather, app) = (product(), details("client_credentials"));
    let mut silent = product();
    (silent.description, silent.versions, silent.documents) = (None, Vec::new(), Vec::new());
    let document = Document {
        slug: "deeper".to_owned(),
        title: "Deeper".to_owned(),
        markdown: "# Deeper\n\n## One\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```sh\ncurl x\n```\n\n- [x] done".to_owned(),
    };
    let choosing = Choosing {
        applications: vec![Candidate {
            id: "a1".to_owned(),
            name: "cli".to_owned(),
        }],
        chosen: String::new(),
        scopes: vec![choice("read:weather", "read:weather", true)],
    };
    let nothing = Choosing::default();
    let signing_in = account::SignIn {
        email: "a@b.example",
        go_on: Some("/my-apps"),
    };
    let mut pages = application_pages(v);
    pages.extend([
        ("catalogue", catalogue::catalogue(v, &listing("", 10))),
        (
            "catalogue-found",
            catalogue::catalogue(v, &listing("<rain>", 3)),
        ),
        (
            "catalogue-nothing",
            catalogue::catalogue(v, &listing("snow", 0)),
        ),
        ("catalogue-empty", catalogue::catalogue(v, &listing("", 0))),
        ("product", product::overview(v, &weather)),
        ("product-silent", product::overview(v, &silent)),
        ("document", product::document(v, &weather, &document)),
        (
            "register",
            registration::register(v, &weather, &weather.versions[0], &choosing, None, &none),
        ),
        (
            "register-none",
            registration::register(
                v,
                &weather,
                &weather.versions[1],
                &nothing,
                Some("x"),
                &none,
            ),
        ),
        (
            "register-closed",
            registration::closed(v, &weather, Registration::Closed),
        ),
        (
            "register-denied",
            registration::closed(v, &weather, Registration::Denied),
        ),
        (
            "unregister",
            registration::unregister(v, "a1", "cli", &app.registrations[0]),
        ),
        (
            "sign-up",
            account::sign_up(v, &account::SignUp::default(), None, &none),
        ),
        (
            "sign-up-errors",
            account::sign_up(
                v,
                &account::SignUp::default(),
                Some("x"),
                &wrong(&["email", "full_name"]),
            ),
        ),
        ("check-mail", account::check_mail(v, false)),
        ("check-mail-reset", account::check_mail(v, true)),
        ("verify", account::verify(v, "token", Some("a@b.example"))),
        ("verify-unknown", account::verify(v, "token", None)),
        ("verify-failed", account::dead_link(v, false)),
        ("password-failed", account::dead_link(v, true)),
        (
            "sign-in",
            account::sign_in(v, BOTH, &account::SignIn::default(), None, false, &none),
        ),
        (
            "sign-in-by-provider",
            account::sign_in(
                v,
                Ways {
                    passwords: false,
                    ..BOTH
                },
                &account::SignIn::default(),
                Some("x"),
                false,
                &none,
            ),
        ),
        (
            "sign-in-errors",
            account::sign_in(
                v,
                BOTH,
                &signing_in,
                Some("x"),
                true,
                &wrong(&["email", "password"]),
            ),
        ),
        (
            "forgotten",
            account::forgotten(v, "", None, &wrong(&["email"])),
        ),
        (
            "password",
            account::password(v, "token", Some("a@b.example"), true, &none),
        ),
        (
            "password-errors",
            account::password(v, "token", None, false, &wrong(&["password", "again"])),
        ),
    ]);
    for status in [400_u16, 403, 404, 405, 413, 429, 500, 502] {
        pages.push((
            "problem",
            v.problem(http::StatusCode::from_u16(status).unwrap()),
        ));
    }
    pages
}

pub(super) async fn html(page: Page) -> String {
    let body = page
        .into_response()
        .into_body()
        .collect()
        .await
        .unwrap()
        .to_bytes();
    String::from_utf8(body.to_vec()).unwrap()
}

#[tokio::test]
async fn every_page_renders_in_every_language_and_is_well_formed() {
    for locale in Locale::ALL {
        for (name, page) in all_pages(&visitor(locale)) {
            let html = html(page).await;
            let tag = locale.tag();
            assert!(
                html.contains(&format!("<html lang=\"{tag}\">")),
                "{name} {tag}"
            );
            assert_eq!(
                html.matches("<h1").count(),
                1,
                "{name} {tag}: one main heading"
            );
            web::testing::well_formed(&html)
                .unwrap_or_else(|wrong| panic!("{name} {tag}: {wrong}"));
        }
    }
}

#[tokio::test]
async fn the_page_with_the_secret_has_a_curl_to_paste() {
    let page = html(credentials_page()).await;
    assert!(
        page.contains(
            "curl http://127.0.0.1:8000/weather -H &quot;Authorization: Basic id:secret&quot;"
        ),
        "{page}"
    );
}

fn credentials_page() -> Page {
    let shown = Shown {
        application_name: "cli",
        client_id: "id",
        client_secret: "secret",
        example_url: Some("http://127.0.0.1:8000/weather"),
        proceed: "/my-apps/a1",
    };
    credentials::once(&visitor(Locale::En), Occasion::Created, shown)
}
