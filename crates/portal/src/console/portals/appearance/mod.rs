//! A portal's looks: theme and colours, images, the words at the top of its catalogue.

pub(super) mod preview;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use web::components::{Field, FieldErrors, button, choice, link_button, outcome};
use web::{Administrator, Input, Markup, Page, Text, Tone, Upload, Visitor, Width, html};

use super::super::images::{data_uri, present};
use super::{Acting, Refused, Told, address, heading, labels, name, sheet, text};
use crate::Portal;
use crate::model::Site;
use crate::service::themes::MINT_ROCKET;
use crate::service::{appearance, sites};

const MODES: [&str; 3] = ["system", "light", "dark"];
const THEMES: [&str; 3] = ["mint_rocket", "dark_mode", "custom"];
/// The images, each with the text that names it.
const IMAGES: [(&str, &str); 3] = [
    ("logo", "appearance-logo"),
    ("favicon", "appearance-favicon"),
    ("catalog_cover", "appearance-cover"),
];
/// What an image may be; the check of the API says the same.
const ACCEPT: &str = "image/png,image/jpeg,image/gif,image/x-icon";
/// The most that an image holds, in bytes: it is stored as base64 of at most two million characters.
const MOST: usize = 1_400_000;
pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let shown = Shown {
        portal: sites::address(&portal, &site),
        looks: appearance::render(&site.appearance),
        mode: mode(&site).to_owned(),
        site,
    };
    Ok(draw((&visitor, &reader), &shown, &Told::default()))
}

pub(super) async fn save(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    upload: Upload,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    let site = sites::find(&portal, &id).await?;
    let address_of_portal = sites::address(&portal, &site);
    let earlier = site.clone();
    let body = body(&upload);
    let mode = upload.input.text("mode");
    let mut told = Told {
        fields: wrong_files(text, &upload),
        notice: None,
    };
    if told.fields.is_empty() && upload.input.text("preview").is_empty() {
        match appearance::dress(&portal, &acting.ctx, site, (body.clone(), mode)).await {
            Ok(site) => {
                let here = address(&site, "/appearance");
                return Ok(visitor
                    .redirect_saying(here, Tone::Success, text.get("saved"))
                    .into_response());
            }
            Err(error) => told = Told::of(text, error, &fields(text), "name")?,
        }
    }
    let mut looks = appearance::render(&earlier.appearance);
    for part in ["theme_name", "text", "custom_theme"] {
        if let Some(value) = body.get(part) {
            looks[part] = value.clone();
        }
    }
    let shown = Shown {
        portal: address_of_portal,
        mode: mode.to_owned(),
        site: earlier,
        looks,
    };
    let reader = (&visitor, &acting.administrator);
    Ok(draw(reader, &shown, &told).into_response())
}

/// What the page shows.
struct Shown {
    site: Site,
    looks: Value,
    mode: String,
    /// The portal's address.
    portal: String,
}

/// Light, dark, or as each reader's device has it.
fn mode(site: &Site) -> &str {
    let theme = site.customization.get("theme");
    let mode = theme.and_then(|theme| theme["mode"].as_str());
    mode.unwrap_or(MODES[0])
}

/// The fields as violations name them, each with its label.
fn fields(text: Text) -> Vec<(&'static str, String)> {
    let words = labels(
        text,
        [
            ("theme_name", "appearance-theme"),
            ("theme.mode", "appearance-mode"),
            ("custom_theme", "appearance-colours"),
            ("text.catalog.primary_header", "appearance-header"),
            ("text.catalog.welcome_message", "appearance-welcome"),
        ],
    );
    words.into_iter().collect()
}

/// The form as a PATCH. Images that were not chosen stay.
fn body(upload: &Upload) -> Map<String, Value> {
    let input = &upload.input;
    let mut body = Map::new();
    body.insert("theme_name".into(), json!(input.text("theme_name")));
    let words = json!({ "catalog": {
        "primary_header": input.text("text.catalog.primary_header"),
        "welcome_message": input.text("text.catalog.welcome_message"),
    }});
    body.insert("text".into(), words);
    if input.text("theme_name") == "custom" {
        body.insert("custom_theme".into(), json!({ "colors": colours(input) }));
    }
    let mut images = Map::new();
    for (image, _) in IMAGES {
        if let Some(file) = upload.file(image) {
            let image_of = json!({ "data": data_uri(file), "filename": file.name });
            images.insert(image.to_owned(), image_of);
        } else if input.is_on(&format!("remove_{image}")) {
            images.insert(image.to_owned(), Value::Null);
        }
    }
    if !images.is_empty() {
        body.insert("images".into(), images.into());
    }
    body
}

fn colours(input: &Input) -> Value {
    let mut all = Map::new();
    for (part, names) in MINT_ROCKET {
        let of_part = names.iter().map(|(name, _)| {
            let value = json!({ "value": input.text(&format!("{part}.{name}")) });
            ((*name).to_owned(), value)
        });
        all.insert(part.to_owned(), Value::Object(of_part.collect()));
    }
    all.into()
}

/// What is wrong with the files: said beside the field, where the API names a path of JSON.
fn wrong_files(text: Text, upload: &Upload) -> FieldErrors {
    let mut errors = FieldErrors::new();
    for file in &upload.files {
        if appearance::image(&data_uri(file)).is_none() {
            errors.add(&file.field, text.get("invalid-image-type"));
        } else if file.bytes.len() > MOST {
            errors.add(&file.field, text.get("invalid-image-size"));
        }
    }
    errors
}

fn draw((visitor, reader): (&Visitor, &Administrator), shown: &Shown, told: &Told) -> Page {
    let text = text(visitor);
    let (site, looks, errors) = (&shown.site, &shown.looks, &told.fields);
    let chosen = looks["theme_name"].as_str().unwrap_or(THEMES[0]);
    let themes = THEMES.map(|word| choice(text, "theme", word, word == chosen));
    let modes = MODES.map(|word| choice(text, "mode", word, word == shown.mode));
    let titles = [
        "appearance-theme",
        "appearance-header",
        "appearance-welcome",
        "appearance-mode",
    ]
    .map(|id| text.get(id));
    let mode_hint = text.get("appearance-mode-hint");
    let words = &looks["text"]["catalog"];
    let (header, welcome) = (&words["primary_header"], &words["welcome_message"]);
    let fields = html! {
        (Field::line(text, "text.catalog.primary_header", &titles[1]).value(header.as_str().unwrap_or_default()).error(errors.of("text.catalog.primary_header")).max_length(512).optional())
        (Field::area(text, "text.catalog.welcome_message", &titles[2]).value(welcome.as_str().unwrap_or_default()).error(errors.of("text.catalog.welcome_message")).max_length(512).optional())
        (Field::radios(text, "theme_name", &titles[0], &themes).error(errors.of("theme_name")))
        (Field::radios(text, "mode", &titles[3], &modes).hint(&mode_hint).error(errors.of("theme.mode")))
        (palette(text, looks, errors))
        (images(text, looks, errors, reader.role.may_change()))
    };
    let here = address(site, "/appearance");
    let buttons = html! {
        (button(&text.get("save")))
        button.button.button-secondary type="submit" name="preview" value="on" { (text.get("appearance-try")) }
    };
    let main = html! {
        (heading(text, site, "/appearance"))
        (told.above(text))
        p.spaced { (link_button(&shown.portal, &text.get("appearance-open"))) }
        (preview::section(text, shown))
        section.section {
            (sheet((visitor, reader), (&here, true), errors, fields, buttons))
        }
    };
    let page = visitor.page(name(site)).width(Width::Reading);
    let page = page.head(preview::head(shown));
    outcome(page, errors, told.notice.as_deref()).main(main)
}

/// A field for each colour. They count where the theme is one's own.
fn palette(text: Text, looks: &Value, errors: &FieldErrors) -> Markup {
    let colours = &looks["custom_theme"]["colors"];
    html! {
        section aria-labelledby="colours" {
            h2.group-title id="colours" { (text.get("appearance-colours")) }
            p.fine { (text.get("appearance-colours-hint")) }
            @if let Some(told) = errors.of("custom_theme") { p.field-error { (told) } }
            @for (part, names) in MINT_ROCKET {
                fieldset.field {
                    legend { (text.get(&format!("colours-{part}"))) }
                    div.field-grid {
                        @for (name, first) in names {
                            @let field = format!("{part}.{name}");
                            @let label = text.get(&format!("colours-{part}-{name}"));
                            @let value = colours[part][name]["value"].as_str().unwrap_or(first);
                            (Field::colour(text, &field, &label).value(value))
                        }
                    }
                }
            }
        }
    }
}

/// A field for each image, with the one that there is.
fn images(text: Text, looks: &Value, errors: &FieldErrors, may_change: bool) -> Markup {
    let hint = text.get("appearance-image-hint");
    html! {
        @for (image, label) in IMAGES {
            @let label = text.get(label);
            (Field::file(text, image, &label, ACCEPT).hint(&hint).error(errors.of(image)).optional())
            @if let Some(data) = looks["images"][image]["data"].as_str() {
                (present(text, (image, &label), data, may_change))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use web::Upload;

    use super::{MINT_ROCKET, body, colours};

    #[test]
    fn a_form_without_files_leaves_the_images_alone() {
        let body = body(&Upload::default());
        assert!(!body.contains_key("images") && !body.contains_key("custom_theme"));
    }

    #[test]
    fn every_colour_of_a_theme_is_on_the_page() {
        let sent = colours(&web::Input::default());
        assert_eq!(sent["button"]["primary_fill"], json!({ "value": "" }));
        let count: usize = MINT_ROCKET.iter().map(|(_, names)| names.len()).sum();
        assert_eq!(count, 17);
    }
}
