//! Which groups at the provider make somebody a member of which team.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use web::components::{Column, FieldErrors, ListQuery, button, form, list_table, notice, outcome};
use web::{Administrator, Form, Input, Markup, Page, Text, Tone, Visitor, as_lines, html};

use super::{Acting, GROUPS, HERE, Refused, Told, address, heading, name, text};
use crate::console::lists::{framed, listing};
use crate::console::teams;
use crate::model::{Site, Team};
use crate::service::{sites, team_groups};
use crate::{Portal, store};

const SORTED: &[(&str, &str)] = &[("name", "t.name"), ("created", "t.created_at")];

/// Before a team's id, the name of its field.
const FIELD: &str = "groups-";

/// Groups by the team's id.
type Groups = BTreeMap<String, Vec<String>>;

/// What the page shows.
struct Scene {
    site: Site,
    teams: Vec<Team>,
    total: i64,
    groups: Groups,
}

async fn scene(portal: &Portal, id: &str, list: &ListQuery) -> Result<Scene, Refused> {
    let site = sites::find(portal, id).await?;
    let wanted = listing(list, SORTED, "t.name || ' ' || t.description");
    let wanted = wanted.only("t.portal_id", site.id);
    let (teams, total) = store::teams::list(portal.db(), &wanted).await?;
    Ok(Scene {
        groups: store::team_groups::of_portal(portal.db(), site.id).await?,
        site,
        teams,
        total,
    })
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
    list: ListQuery,
) -> Result<Page, Refused> {
    let scene = scene(&portal, &id, &list).await?;
    let reader = (&visitor, &reader);
    Ok(draw(reader, &scene, &list, None, &Told::default()))
}

/// Changes the teams whose groups are others than before, and says how many.
pub(super) async fn save(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    list: ListQuery,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let scene = scene(&portal, &id, &list).await?;
    let text = text(&visitor);
    let changes = changes(&input, &scene.groups);
    let count = i64::try_from(changes.len()).unwrap_or(i64::MAX);
    let body = Map::from_iter([("data".to_owned(), Value::Array(changes))]);
    match team_groups::change(&portal, &acting.ctx, &scene.site, body).await {
        Ok(()) => {
            let said = text.with("groups-saved", [("count", count.into())]);
            let here = list.with(&[("page", list.get("page"))]);
            Ok(visitor
                .redirect_saying(here, Tone::Success, said)
                .into_response())
        }
        Err(error) => {
            let told = Told::of(text, error, &[], "groups")?;
            let reader = (&visitor, &acting.administrator);
            Ok(draw(reader, &scene, &list, Some(&input), &told).into_response())
        }
    }
}

/// The teams whose groups the form changes, as the API takes them.
fn changes(input: &Input, present: &Groups) -> Vec<Value> {
    let mut changed = Vec::new();
    for (name, _) in input.pairs() {
        let Some(team) = name.strip_prefix(FIELD) else {
            continue;
        };
        let entered = input.lines(name);
        let mut groups: Vec<&str> = entered
            .as_array()
            .map(|lines| lines.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        groups.sort_unstable();
        groups.dedup();
        let before = present.get(team).map(Vec::as_slice).unwrap_or_default();
        if groups != before {
            changed.push(json!({ "team_id": team, "groups": groups }));
        }
    }
    changed
}

fn draw(
    (visitor, reader): (&Visitor, &Administrator),
    scene: &Scene,
    list: &ListQuery,
    entered: Option<&Input>,
    told: &Told,
) -> Page {
    let text = text(visitor);
    let site = &scene.site;
    let changing = reader.role.may_change();
    let shown = (!scene.teams.is_empty()).then(|| {
        let rows = rows(text, list, scene, entered, changing);
        match changing {
            false => rows,
            true => form(
                visitor,
                visitor.here(),
                &FieldErrors::new(),
                html! { (rows) div.form-actions { (button(&text.get("save"))) } },
            ),
        }
    });
    let main = html! {
        (heading(super::super::text(visitor), site, HERE))
        p.fine.spaced { a href=(address(site, HERE)) { (text.get("back")) } }
        section.section aria-labelledby="groups" {
            h2 id="groups" { (text.get("groups-title")) }
            p.fine.spaced { (text.get("groups-lead")) }
            @if !site.authentication.idp_mapping_enabled {
                div.spaced { (notice(text, Tone::Info, html! { p { (text.get("groups-off")) } })) }
            }
            (told.above(text))
            (framed(text, list, ("groups", &[]), scene.total, shown))
        }
    };
    outcome(
        visitor.page(name(site)),
        &told.fields,
        told.notice.as_deref(),
    )
    .main(main)
}

fn rows(
    text: Text,
    list: &ListQuery,
    scene: &Scene,
    entered: Option<&Input>,
    changing: bool,
) -> Markup {
    let labels = ["groups-team", "groups-names"].map(|id| text.get(id));
    let columns = [Column::sorted(&labels[0], "name"), Column::new(&labels[1])];
    let rows = html! {
        @for team in &scene.teams {
            @let field = format!("{FIELD}{}", team.id);
            @let kept = scene.groups.get(&team.id.to_string());
            tr {
                td data-label=(labels[0]) { a href=(teams::address(&scene.site, team, "")) { strong { (team.name) } } }
                td data-label=(labels[1]) {
                    @if changing {
                        @let label = text.with("groups-of", [("team", (&team.name).into())]);
                        @let value = entered.map_or_else(|| as_lines(kept.map(|kept| json!(kept)).as_ref()), |input| input.text(&field).to_owned());
                        textarea name=(field) rows="2" aria-label=(label) placeholder=(text.get("groups-placeholder")) { (value) }
                    } @else {
                        (kept.map(|kept| kept.join(", ")).unwrap_or_default())
                    }
                }
            }
        }
    };
    list_table(text, list, &text.get("groups-title"), &columns, rows)
}

/// The way here, from the page about signing in.
pub(super) fn way_here(text: Text, site: &Site) -> Markup {
    let to = address(site, GROUPS);
    html! {
        section.section aria-labelledby="groups" {
            h2 id="groups" { (text.get("groups-title")) }
            p.fine.spaced { (text.get("groups-lead")) }
            p.spaced { (web::components::link_button(&to, &text.get("groups-open"))) }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Groups, Input, changes};

    #[test]
    fn only_the_teams_whose_groups_change_are_written() {
        let present = Groups::from([("one".to_owned(), vec!["a".to_owned(), "b".to_owned()])]);
        let form = "groups-one=b%0D%0Aa%0D%0Aa&groups-two=c&groups-three=";
        let input: Input = serde_html_form::from_str(form).unwrap();
        let expected = vec![json!({ "team_id": "two", "groups": ["c"] })];
        assert_eq!(changes(&input, &present), expected);
    }
}
