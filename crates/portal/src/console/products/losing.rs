//! Telling developers who lose access: how many they are, and whether they get a mail.

use web::components::{Field, switch};
use web::{Input, Markup, Text, html};

use crate::service::version_mail::Notice;

/// What a page says and asks before access ends: nothing where nobody loses any.
pub(super) fn told(text: Text, count: usize) -> Markup {
    if count == 0 {
        return html! {};
    }
    let label = text.get("losing-notify");
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let hint = text.with("losing-count", [("count", count.into())]);
    let notify = switch(text, "losing-notify", true);
    html! { (Field::checkboxes(text, "notify", &label, &notify).hint(&hint)) }
}

/// What was chosen.
pub(super) fn notice(input: &Input) -> Notice {
    input.is_on("notify").into()
}
