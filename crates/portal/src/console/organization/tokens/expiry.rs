//! When a token ends, as it is chosen in a form.

use oauth::Timestamp;
use web::components::{Field, FieldErrors, choice};
use web::{Input, Markup, Text, html};

use crate::error::{Error, Violation};

/// What can be chosen, in days; `date` for a day of one's own.
const SPANS: [&str; 5] = ["30", "60", "90", "365", DATE];
const DATE: &str = "date";
const DAY: u64 = 86_400;

/// The seconds until a token ends.
///
/// # Errors
/// [`Error::Invalid`] for what is no day, is over, or comes after so many days.
pub(super) fn seconds(input: &Input, now: Timestamp, most: Option<i64>) -> Result<u64, Error> {
    let wrong = |field: &str, rule| Error::invalid(Violation::body(field, rule, rule));
    let chosen = input.text("span");
    if chosen != DATE {
        let known = SPANS.iter().find(|span| **span == chosen);
        let days = known.and_then(|days| days.parse::<u64>().ok());
        return days
            .map(|days| days * DAY)
            .ok_or_else(|| wrong("span", "required"));
    }
    let midnight = format!("{}T00:00:00Z", input.text("until"));
    let day = Timestamp::parse_rfc3339(&midnight).map_err(|_| wrong("until", "date"))?;
    // It works until that day is over.
    let end = day + std::time::Duration::from_secs(DAY);
    let seconds = end.saturating_since(now).as_secs();
    let longest = most.and_then(|days| u64::try_from(days).ok());
    match longest.map(|days| days * DAY) {
        _ if seconds < DAY => Err(wrong("until", "past")),
        Some(longest) if seconds > longest => Err(wrong("until", "far")),
        _ => Ok(seconds),
    }
}

/// The fields, with what was entered.
pub(super) fn fields(text: Text, input: &Input, most: Option<i64>, errors: &FieldErrors) -> Markup {
    let [span, until] = ["tokens-span", "tokens-until"].map(|id| text.get(id));
    let entered = match input.text("span") {
        "" => SPANS[0],
        entered => entered,
    };
    let spans = SPANS.map(|word| choice(text, "tokens-span", word, word == entered));
    let hint = match most {
        Some(_) => text.get("tokens-until-hint"),
        None => text.get("tokens-until-any"),
    };
    html! {
        (Field::radios(text, "span", &span, &spans).error(errors.of("span")))
        (Field::date(text, "until", &until).value(input.text("until")).hint(&hint).error(errors.of("until")).optional())
    }
}
