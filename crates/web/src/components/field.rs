//! The fields of forms: label, hint, input, and what was wrong with it.

use maud::{Markup, Render, html};

use crate::locale::Text;

/// One choice of a select, radio or checkbox field.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub label: String,
    /// More about it.
    pub hint: Option<String>,
    /// Whether it is chosen.
    pub chosen: bool,
}

#[derive(Clone, Debug)]
enum Kind<'a> {
    Input(&'static str),
    Area,
    File(&'static str),
    Select(&'a [Choice]),
    Radios(&'a [Choice]),
    Checkboxes(&'a [Choice]),
}

/// A field. Renders with its label, hint and error, which the input is described by.
#[derive(Clone, Debug)]
#[must_use]
pub struct Field<'a> {
    text: Text,
    name: &'a str,
    label: &'a str,
    kind: Kind<'a>,
    value: &'a str,
    hint: Option<&'a str>,
    error: Option<&'a str>,
    optional: bool,
    autocomplete: Option<&'static str>,
    max_length: Option<usize>,
    mono: bool,
    rows: u8,
}

impl<'a> Field<'a> {
    const fn of(text: Text, name: &'a str, label: &'a str, kind: Kind<'a>) -> Self {
        Self {
            text,
            name,
            label,
            kind,
            value: "",
            hint: None,
            error: None,
            optional: false,
            autocomplete: None,
            max_length: None,
            mono: false,
            rows: 3,
        }
    }

    /// A line of text.
    pub const fn line(text: Text, name: &'a str, label: &'a str) -> Self {
        Self::of(text, name, label, Kind::Input("text"))
    }

    /// An e-mail address.
    pub const fn email(text: Text, name: &'a str, label: &'a str) -> Self {
        Self::of(text, name, label, Kind::Input("email"))
    }

    /// A password. Its value is never sent back to the browser.
    pub const fn password(text: Text, name: &'a str, label: &'a str) -> Self {
        Self::of(text, name, label, Kind::Input("password"))
    }

    /// An address.
    pub const fn url(text: Text, name: &'a str, label: &'a str) -> Self {
        let mut field = Self::of(text, name, label, Kind::Input("url"));
        field.mono = true;
        field
    }

    /// A day, `yyyy-mm-dd`.
    pub const fn date(text: Text, name: &'a str, label: &'a str) -> Self {
        Self::of(text, name, label, Kind::Input("date"))
    }

    /// Several lines of text.
    pub const fn area(text: Text, name: &'a str, label: &'a str) -> Self {
        Self::of(text, name, label, Kind::Area)
    }

    /// Several lines of code.
    pub const fn code(text: Text, name: &'a str, label: &'a str) -> Self {
        let mut field = Self::of(text, name, label, Kind::Area);
        field.mono = true;
        field
    }

    /// A colour, `#rrggbb`.
    pub const fn colour(text: Text, name: &'a str, label: &'a str) -> Self {
        Self::of(text, name, label, Kind::Input("color"))
    }

    /// A file of these kinds (HTML's `accept`), in a form by [`super::upload_form`].
    pub const fn file(text: Text, name: &'a str, label: &'a str, accept: &'static str) -> Self {
        Self::of(text, name, label, Kind::File(accept))
    }

    /// One of many, in a list that opens.
    pub const fn select(text: Text, name: &'a str, label: &'a str, choices: &'a [Choice]) -> Self {
        Self::of(text, name, label, Kind::Select(choices))
    }

    /// One of a few, all in sight.
    pub const fn radios(text: Text, name: &'a str, label: &'a str, choices: &'a [Choice]) -> Self {
        Self::of(text, name, label, Kind::Radios(choices))
    }

    /// Any number of some.
    pub const fn checkboxes(
        text: Text,
        name: &'a str,
        label: &'a str,
        choices: &'a [Choice],
    ) -> Self {
        Self::of(text, name, label, Kind::Checkboxes(choices))
    }

    /// What is in it.
    pub const fn value(mut self, value: &'a str) -> Self {
        self.value = value;
        self
    }

    /// What belongs in it, if the label does not say it all.
    pub const fn hint(mut self, hint: &'a str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// What was wrong with it.
    pub const fn error(mut self, error: Option<&'a str>) -> Self {
        self.error = error;
        self
    }

    /// It may stay empty, and says so.
    pub const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// What browsers and password managers may fill in (HTML's autofill tokens).
    pub const fn autocomplete(mut self, token: &'static str) -> Self {
        self.autocomplete = Some(token);
        self
    }

    /// The most characters it takes.
    pub const fn max_length(mut self, characters: usize) -> Self {
        self.max_length = Some(characters);
        self
    }

    /// How many lines are in sight.
    pub const fn rows(mut self, rows: u8) -> Self {
        self.rows = rows;
        self
    }

    /// The id of the input that an error points to.
    fn id(&self) -> String {
        match self.kind {
            Kind::Radios(_) | Kind::Checkboxes(_) => format!("{}-0", self.name),
            _ => self.name.to_owned(),
        }
    }

    fn described_by(&self) -> Option<String> {
        let ids: Vec<String> = [
            self.hint.map(|_| format!("{}-hint", self.name)),
            self.error.map(|_| format!("{}-error", self.name)),
        ]
        .into_iter()
        .flatten()
        .collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    fn around(&self) -> Markup {
        html! {
            @if let Some(hint) = self.hint { p.field-hint id=(format!("{}-hint", self.name)) { (hint) } }
            @if let Some(error) = self.error { p.field-error id=(format!("{}-error", self.name)) { (error) } }
        }
    }

    fn label_text(&self) -> Markup {
        html! {
            (self.label)
            @if self.optional { " " span.field-optional { "(" (self.text.get("optional")) ")" } }
        }
    }

    fn single(&self) -> Markup {
        let (id, described) = (self.id(), self.described_by());
        let invalid = self.error.map(|_| "true");
        let required = !self.optional;
        html! {
            div.field.field-invalid[self.error.is_some()] {
                label for=(id) { (self.label_text()) }
                (self.around())
                @match &self.kind {
                    Kind::Area => {
                        textarea.mono[self.mono] id=(id) name=(self.name) rows=(self.rows) spellcheck=[self.mono.then_some("false")] required[required] aria-invalid=[invalid]
                            aria-describedby=[described] maxlength=[self.max_length] { (self.value) }
                    }
                    Kind::Select(choices) => {
                        select id=(id) name=(self.name) required[required] aria-invalid=[invalid] aria-describedby=[described] {
                            @for choice in *choices {
                                option value=(choice.value) selected[choice.chosen] { (choice.label) }
                            }
                        }
                    }
                    Kind::File(accept) => {
                        input id=(id) name=(self.name) type="file" accept=(accept) aria-invalid=[invalid] aria-describedby=[described];
                    }
                    Kind::Input(kind) => {
                        @let value = if *kind == "password" { "" } else { self.value };
                        input.mono[self.mono] id=(id) name=(self.name) type=(kind) value=(value) required[required]
                            aria-invalid=[invalid] aria-describedby=[described] autocomplete=[self.autocomplete]
                            maxlength=[self.max_length] spellcheck=[(*kind != "text").then_some("false")];
                    }
                    Kind::Radios(_) | Kind::Checkboxes(_) => {}
                }
            }
        }
    }

    fn group(&self, kind: &str, choices: &[Choice]) -> Markup {
        html! {
            fieldset.field.field-invalid[self.error.is_some()] id=(self.name) tabindex="-1" aria-describedby=[self.described_by()] {
                legend { (self.label_text()) }
                (self.around())
                div.choices {
                    @for (at, choice) in choices.iter().enumerate() {
                        @let id = format!("{}-{at}", self.name);
                        @let hint_id = format!("{id}-hint");
                        div.choice {
                            input id=(id) type=(kind) name=(self.name) value=(choice.value) checked[choice.chosen]
                                aria-describedby=[choice.hint.as_ref().map(|_| &hint_id)];
                            label for=(id) { (choice.label) }
                            @if let Some(hint) = &choice.hint { p.field-hint id=(hint_id) { (hint) } }
                        }
                    }
                }
            }
        }
    }
}

impl Render for Field<'_> {
    fn render(&self) -> Markup {
        match &self.kind {
            Kind::Radios(choices) => self.group("radio", choices),
            Kind::Checkboxes(choices) => self.group("checkbox", choices),
            _ => self.single(),
        }
    }
}

#[cfg(test)]
mod tests {
    use maud::Render as _;

    use super::Field;
    use crate::locale::{Locale, Text};

    #[test]
    fn an_invalid_field_is_described_by_its_hint_and_error() {
        let field = Field::line(Text::new(Locale::En), "name", "Name")
            .hint("Shown to you")
            .error(Some("Enter a name"));
        let html = field.render().into_string();
        assert!(
            html.contains(r#"aria-invalid="true" aria-describedby="name-hint name-error""#),
            "{html}"
        );
        assert!(html.contains(r#"<label for="name">"#));
    }

    #[test]
    fn a_password_never_comes_back_and_text_is_escaped() {
        let text = Text::new(Locale::En);
        let html = Field::password(text, "p", "P")
            .value("hunter2")
            .render()
            .into_string();
        assert!(!html.contains("hunter2"));
        let html = Field::line(text, "n", "N")
            .value("\"><script>")
            .render()
            .into_string();
        assert!(html.contains("&quot;&gt;&lt;script&gt;"));
    }
}
