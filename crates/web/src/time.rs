//! Dates as a reader of each language writes them. Always UTC: the server does not know the reader's zone,
//! and an API's logs are in UTC.

use maud::{Markup, html};

use crate::locale::{Locale, Text};

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// The day of `millis` (milliseconds since the epoch), machine-readable too.
#[must_use]
pub fn date(text: Text, millis: i64) -> Markup {
    let (year, month, day) = civil(millis);
    html! {
        time datetime=(format!("{year:04}-{month:02}-{day:02}")) { (day_text(text.locale(), millis)) }
    }
}

/// The day and minute of `millis` (milliseconds since the epoch), machine-readable too.
#[must_use]
pub fn moment(text: Text, millis: i64) -> Markup {
    let (year, month, day) = civil(millis);
    let (hour, minute) = clock(millis);
    html! {
        time datetime=(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}Z")) {
            (moment_text(text, millis))
        }
    }
}

/// The day and minute of `millis` (milliseconds since the epoch), for where there is no markup.
#[must_use]
pub fn moment_text(text: Text, millis: i64) -> String {
    let (hour, minute) = clock(millis);
    let day = day_text(text.locale(), millis);
    format!("{day} {hour:02}:{minute:02} UTC")
}

/// A moment, or a word for never.
#[must_use]
pub fn moment_or_never(text: Text, millis: Option<i64>) -> Markup {
    match millis {
        Some(millis) => moment(text, millis),
        None => html! { span.fine { (text.get("never")) } },
    }
}

fn day_text(locale: Locale, millis: i64) -> String {
    let (year, month, day) = civil(millis);
    match locale {
        Locale::En => format!("{day} {} {year}", MONTHS[usize::from(month) - 1]),
        Locale::Ja => format!("{year}年{month}月{day}日"),
    }
}

fn clock(millis: i64) -> (i64, i64) {
    let minutes = millis.rem_euclid(86_400_000) / 60_000;
    (minutes / 60, minutes % 60)
}

/// Year, month (1–12) and day (1–31) in the proleptic Gregorian calendar, counted in eras of 400 years
/// that begin on 1 March.
fn civil(millis: i64) -> (i64, u8, u8) {
    let days = millis.div_euclid(86_400_000) + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (
        year,
        u8::try_from(month).unwrap_or(1),
        u8::try_from(day).unwrap_or(1),
    )
}

#[cfg(test)]
mod tests {
    use super::{civil, moment};
    use crate::locale::{Locale, Text};

    #[test]
    fn dates_are_right_around_leap_days_and_before_the_epoch() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(-1), (1969, 12, 31));
        assert_eq!(civil(951_782_400_000), (2000, 2, 29));
        assert_eq!(civil(1_709_164_800_000), (2024, 2, 29));
        assert_eq!(civil(4_107_456_000_000), (2100, 2, 28));
        assert_eq!(civil(4_107_542_400_000), (2100, 3, 1));
    }

    #[test]
    fn a_moment_reads_as_its_language_writes_it() {
        let at = 1_709_249_880_000;
        assert_eq!(
            moment(Text::new(Locale::En), at).into_string(),
            r#"<time datetime="2024-02-29T23:38Z">29 Feb 2024 23:38 UTC</time>"#
        );
        assert_eq!(
            moment(Text::new(Locale::Ja), at).into_string(),
            r#"<time datetime="2024-02-29T23:38Z">2024年2月29日 23:38 UTC</time>"#
        );
    }
}
