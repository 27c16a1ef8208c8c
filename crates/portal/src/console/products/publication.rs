//! A version in one portal: whether developers see it, and how their applications get access.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use web::components::{
    Choice, Field, button, choice, confirm_choosing, danger_button, link_button, outcome, switch,
};
use web::{Administrator, Editor, Form, Input, Markup, Page, Text, Tone, Visitor, Width, html};

use super::version::address_of;
use super::{Acting, Refused, Told, address, below, labels, losing, settle, sheet, text};
use crate::console::undo;
use crate::model::{
    ApiProduct, AuthStrategy, AuthStrategyId, ProductVersion, Publication, PublishStatus, Site,
};
use crate::service::{products, publications, sites, version_mail, versions};
use crate::store::touched;
use crate::{Error, Portal, store};

const TAB: (&str, &str) = ("products-portals", "/portals");
const FIELDS: [(&str, &str); 3] = [
    ("publish_status", "publish-state"),
    ("auth_strategy_ids", "publish-strategy"),
    ("registration", "publish-registration"),
];

/// What stands in the fields.
#[derive(Debug)]
struct Entered {
    published: bool,
    strategy: Option<AuthStrategyId>,
    registration: &'static str,
    deprecated: bool,
    /// Whether the version is in the portal.
    there: bool,
}

const CLOSED: &str = "registration-closed";
const REVIEWED: &str = "registration-reviewed";
const APPROVED: &str = "registration-approved";

/// How applications register, as a text's id.
pub(super) const fn registration_word(publication: &Publication) -> &'static str {
    match (
        publication.application_registration_enabled,
        publication.auto_approve_registration,
    ) {
        (false, _) => CLOSED,
        (true, false) => REVIEWED,
        (true, true) => APPROVED,
    }
}

impl Entered {
    fn of(publication: Option<&Publication>, site: &Site) -> Self {
        match publication {
            Some(publication) => Self {
                published: publication.publish_status == PublishStatus::Published,
                strategy: publication.auth_strategy_id,
                registration: registration_word(publication),
                deprecated: publication.deprecated,
                there: true,
            },
            None => Self {
                published: true,
                strategy: site.default_auth_strategy_id,
                registration: match site.default_auth_strategy_id {
                    Some(_) => REVIEWED,
                    None => CLOSED,
                },
                deprecated: false,
                there: false,
            },
        }
    }

    fn of_form(input: &Input, there: bool) -> Self {
        let words = [CLOSED, REVIEWED, APPROVED];
        let asked = format!("registration-{}", input.text("registration"));
        Self {
            published: input.text("publish_status") == "published",
            strategy: input.text("auth_strategy_ids").parse().ok(),
            registration: words
                .into_iter()
                .find(|word| *word == asked)
                .unwrap_or(CLOSED),
            deprecated: input.is_on("deprecated"),
            there,
        }
    }

    /// As the API takes it.
    fn body(&self, notify: bool) -> Map<String, Value> {
        let status = if self.published {
            "published"
        } else {
            "unpublished"
        };
        let strategies: Vec<AuthStrategyId> = self.strategy.into_iter().collect();
        let registers = self.registration != CLOSED;
        [
            ("publish_status", json!(status)),
            ("auth_strategy_ids", json!(strategies)),
            ("application_registration_enabled", json!(registers)),
            (
                "auto_approve_registration",
                json!(self.registration == APPROVED),
            ),
            ("deprecated", json!(self.deprecated)),
            ("notify_developers", json!(notify)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
    }
}

/// What the page is about.
struct About {
    product: ApiProduct,
    version: ProductVersion,
    site: Site,
    publication: Option<Publication>,
}

impl About {
    async fn find(
        portal: &Portal,
        (id, version, site): &(String, String, String),
    ) -> Result<Self, Error> {
        let product = products::find(portal, id).await?;
        let version = versions::find(portal, id, version).await?;
        let site = sites::find(portal, site).await?;
        let db = portal.db();
        let publication = store::publications::find_in(db, site.id, version.id).await?;
        Ok(Self {
            product,
            version,
            site,
            publication,
        })
    }

    fn address(&self, under: &str) -> String {
        let under = format!("/portals/{}{under}", self.site.id);
        address_of(&self.product, &self.version, &under)
    }
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(path): Path<(String, String, String)>,
) -> Result<Page, Refused> {
    let about = About::find(&portal, &path).await?;
    let strategies = store::strategies::every(portal.db()).await?;
    let entered = Entered::of(about.publication.as_ref(), &about.site);
    let reader = (&visitor, &reader);
    Ok(draw(
        reader,
        &about,
        &strategies,
        &entered,
        &Told::default(),
    ))
}

pub(super) async fn save(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(path): Path<(String, String, String)>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    let about = About::find(&portal, &path).await?;
    let entered = Entered::of_form(&input, about.publication.is_some());
    match write(&portal, &acting, &about, &entered, input.is_on("notify")).await {
        Ok(()) => Ok(visitor
            .redirect_saying(
                address(&about.product, "/portals"),
                Tone::Success,
                text.get("saved"),
            )
            .into_response()),
        Err(error) => {
            let told = Told::of(text, error, &labels(text, FIELDS), "publish_status")?;
            let strategies = store::strategies::every(portal.db()).await?;
            let reader = (&visitor, &acting.administrator);
            Ok(draw(reader, &about, &strategies, &entered, &told).into_response())
        }
    }
}

/// Puts the version into the portal; developers find it only where its product is published, too.
async fn write(
    portal: &Portal,
    acting: &Acting,
    about: &About,
    entered: &Entered,
    notify: bool,
) -> Result<(), Error> {
    let version = about.version.id.to_string();
    let body = entered.body(notify);
    let written = publications::replace(portal, &acting.ctx, &about.site, &version, body).await;
    settle(portal, written).await?;
    let mut present = store::api_products::portals(portal.db(), about.product.id).await?;
    if entered.published && !present.contains(&about.site.id) {
        present.push(about.site.id);
        let mut body = Map::new();
        body.insert("portal_ids".into(), json!(present));
        let product = about.product.clone();
        let written = products::update(portal, &acting.ctx, product, body).await;
        settle(portal, written).await?;
    }
    Ok(())
}

fn draw(
    (visitor, reader): (&Visitor, &Administrator),
    about: &About,
    strategies: &[AuthStrategy],
    entered: &Entered,
    told: &Told,
) -> Page {
    let text = text(visitor);
    let errors = &told.fields;
    let title = text.with(
        "publish-title",
        [
            ("version", (&about.version.name).into()),
            ("portal", (&about.site.name).into()),
        ],
    );
    let here = about.address("");
    let main = html! {
        (below(text, &about.product, TAB, &title))
        (told.above(text))
        section.section {
            (sheet((visitor, reader), (&here, false), errors, fields(text, strategies, entered, told), html! {
                (button(&text.get("save")))
                (link_button(&address(&about.product, "/portals"), &text.get("cancel")))
            }))
        }
        @if entered.there && reader.role.may_change() {
            section.section aria-labelledby="removal" {
                h2 id="removal" { (text.get("danger-zone")) }
                p.fine.spaced { (text.get("publish-remove-hint")) }
                p.spaced { (link_button(&about.address("/delete"), &text.get("publish-remove"))) }
            }
        }
    };
    let page = visitor.page(&title).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}

fn fields(text: Text, strategies: &[AuthStrategy], entered: &Entered, told: &Told) -> Markup {
    let errors = &told.fields;
    let names = [
        "publish-state",
        "publish-strategy",
        "publish-registration",
        "versions-deprecated",
        "versions-notify",
    ]
    .map(|id| text.get(id));
    let hint = text.get("publish-strategy-hint");
    let states = ["published", "unpublished"].map(|word| {
        let chosen = (word == "published") == entered.published;
        choice(text, "publish-state", word, chosen)
    });
    let mut choices = vec![Choice {
        label: text.get("portals-no-strategy"),
        ..Choice::default()
    }];
    choices.extend(strategies.iter().map(|strategy| Choice {
        value: strategy.id.to_string(),
        label: strategy.name.clone(),
        hint: None,
        chosen: entered.strategy == Some(strategy.id),
    }));
    let ways = ["closed", "reviewed", "approved"].map(|word| {
        let chosen = entered.registration.ends_with(word);
        choice(text, "registration", word, chosen)
    });
    let deprecated = switch(text, "versions-deprecated", entered.deprecated);
    let notify = switch(text, "versions-notify", false);
    html! {
        (Field::radios(text, "publish_status", &names[0], &states).error(errors.of("publish_status")))
        (Field::select(text, "auth_strategy_ids", &names[1], &choices).hint(&hint).error(errors.of("auth_strategy_ids")).optional())
        (Field::radios(text, "registration", &names[2], &ways).error(errors.of("registration")))
        (Field::checkboxes(text, "deprecated", &names[3], &deprecated))
        @if entered.there { (Field::checkboxes(text, "notify", &names[4], &notify)) }
    }
}

pub(super) async fn delete_page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(path): Path<(String, String, String)>,
) -> Result<Page, Refused> {
    let about = About::find(&portal, &path).await?;
    let (version, site) = (about.version.id, about.site.id);
    let count = touched::registrations_in(portal.db(), version, site).await?;
    let text = text(&visitor);
    let title = text.with(
        "publish-remove-title",
        [
            ("version", (&about.version.name).into()),
            ("portal", (&about.site.name).into()),
        ],
    );
    let consequences = html! {
        p { (text.with("publish-remove-lead", [("count", count.into())])) }
        p { (text.get("for-a-day")) }
    };
    let lose = match &about.publication {
        Some(publication) => {
            let ending = publications::ending(&about.product, publication);
            version_mail::losing(&portal, &ending).await?
        }
        None => 0,
    };
    Ok(confirm_choosing(
        &visitor,
        &title,
        (consequences, losing::told(text, lose)),
        &about.address("/delete"),
        danger_button(&text.get("publish-remove")),
        (&about.address(""), &text.get("cancel")),
    ))
}

pub(super) async fn delete(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(path): Path<(String, String, String)>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let about = About::find(&portal, &path).await?;
    let said = text(&visitor).with("removed", [("name", (&about.version.name).into())]);
    let to = address(&about.product, "/portals");
    let Some(publication) = &about.publication else {
        return Ok(visitor
            .redirect_saying(to, Tone::Success, said)
            .into_response());
    };
    let notice = losing::notice(&input);
    let gone = publications::delete(&portal, &acting.ctx, publication, notice);
    let (revision, removal) = gone.await?;
    portal.publisher().settle(revision).await;
    Ok(visitor
        .redirect_undoable(to, said, undo::action(removal))
        .into_response())
}
