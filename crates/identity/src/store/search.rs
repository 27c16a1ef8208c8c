//! A query as SQL.

use oauth::Timestamp;
use storage::{Value, escape_like};

use crate::model::search::{Bound, Piece, Search, Test};

/// Where the values of a field stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    /// Text of which upper and lower case do not matter.
    Text(&'static str),
    /// Text that is compared as it is.
    Exact(&'static str),
    /// The part of a mail address after the `@`.
    Domain(&'static str),
    Boolean(&'static str),
    Number(&'static str),
    Time(&'static str),
    /// A member of a column of compact JSON, by its last name.
    Member(&'static str, String),
    /// The same value for every row.
    Constant(&'static str),
    /// Whatever any of these holds.
    AnyOf(Vec<Column>),
}

/// Which columns a kind of entry has.
pub(crate) struct Fields {
    /// The column of a field.
    pub(crate) column: fn(&str) -> Option<Column>,
    /// The columns that a term without a field is looked for in.
    pub(crate) usual: &'static [&'static str],
}

/// Writes a query as a condition. `params` grows with its values.
///
/// A row without a value fails every test, so that `NOT` finds it: no condition is ever unknown.
///
/// # Errors
/// The name of a field that entries do not have.
pub(crate) fn condition(
    search: &Search,
    fields: &Fields,
    params: &mut Vec<Value>,
) -> Result<String, String> {
    Ok(match search {
        Search::All => TRUE.to_owned(),
        Search::And(all) => format!("({})", each(all, fields, params)?.join(" AND ")),
        Search::Or(all) => format!("({})", each(all, fields, params)?.join(" OR ")),
        Search::Not(inner) => format!("NOT ({})", condition(inner, fields, params)?),
        Search::Term {
            field: Some(field),
            test,
        } => {
            let column = (fields.column)(field).ok_or_else(|| field.clone())?;
            term(&column, test, params)
        }
        Search::Term { field: None, test } => {
            let anywhere = |column: &&'static str| term(&Column::Text(column), test, params);
            let usual: Vec<String> = fields.usual.iter().map(anywhere).collect();
            format!("({})", usual.join(" OR "))
        }
    })
}

const TRUE: &str = "1 = 1";
const FALSE: &str = "1 = 0";

fn each(all: &[Search], fields: &Fields, params: &mut Vec<Value>) -> Result<Vec<String>, String> {
    all.iter()
        .map(|one| condition(one, fields, params))
        .collect()
}

fn term(column: &Column, test: &Test, params: &mut Vec<Value>) -> String {
    match column {
        Column::Constant(value) => match test {
            Test::Is(wanted) if value.eq_ignore_ascii_case(wanted) => TRUE.to_owned(),
            Test::Exists => TRUE.to_owned(),
            _ => FALSE.to_owned(),
        },
        Column::Member(column, name) => member(column, name, test, params),
        Column::AnyOf(columns) => {
            let any: Vec<String> = columns
                .iter()
                .map(|column| term(column, test, params))
                .collect();
            format!("({})", any.join(" OR "))
        }
        Column::Text(column) => text(column, &format!("LOWER({column})"), test, true, params),
        Column::Exact(column) => text(column, column, test, false, params),
        Column::Domain(column) => domain(column, test, params),
        Column::Boolean(column) => match test {
            Test::Is(value) if value == "true" => format!("COALESCE({column}, {FALSE})"),
            Test::Is(value) if value == "false" => format!("NOT COALESCE({column}, {FALSE})"),
            Test::Exists => format!("{column} IS NOT NULL"),
            _ => FALSE.to_owned(),
        },
        Column::Number(column) => scalar(column, test, params, |value, _| value.parse().ok()),
        Column::Time(column) => scalar(column, test, params, moment),
    }
}

/// `shown` is the column, or what its values are compared as.
fn text(column: &str, shown: &str, test: &Test, folds: bool, params: &mut Vec<Value>) -> String {
    let fold = |text: &str| match folds {
        true => text.to_lowercase(),
        false => text.to_owned(),
    };
    let known = |condition: String| format!("({column} IS NOT NULL AND {condition})");
    match test {
        Test::Exists => format!("{column} IS NOT NULL"),
        Test::Is(value) => known(format!("{shown} = {}", place(params, fold(value)))),
        Test::Like(pieces) => {
            let place = place(params, fold(&pattern(pieces)));
            known(format!("{shown} LIKE {place} ESCAPE '\\'"))
        }
        Test::Between { low, high } => {
            let mut ends = vec![format!("{column} IS NOT NULL")];
            for (bound, operator) in bounds(low.as_ref(), high.as_ref()) {
                let place = place(params, fold(&bound.value));
                ends.push(format!("{shown} {operator} {place}"));
            }
            format!("({})", ends.join(" AND "))
        }
    }
}

fn domain(column: &str, test: &Test, params: &mut Vec<Value>) -> String {
    let domain = match test {
        Test::Is(domain) => escape_like(&domain.to_lowercase()),
        Test::Like(pieces) => pattern(pieces).to_lowercase(),
        Test::Exists => return format!("{column} IS NOT NULL"),
        Test::Between { .. } => return FALSE.to_owned(),
    };
    let place = place(params, format!("%@{domain}"));
    format!("({column} IS NOT NULL AND LOWER({column}) LIKE {place} ESCAPE '\\')")
}

/// Numbers and moments. `read` reads a value; its second argument says whether the value is the end
/// of a range: the end of the day, month or year that it names.
fn scalar(
    column: &str,
    test: &Test,
    params: &mut Vec<Value>,
    read: fn(&str, bool) -> Option<i64>,
) -> String {
    let mut ends = vec![format!("{column} IS NOT NULL")];
    let wanted = match test {
        Test::Exists => Vec::new(),
        Test::Is(value) => vec![(read(value, false), ">="), (read(value, true), "<=")],
        Test::Between { low, high } => bounds(low.as_ref(), high.as_ref())
            .map(|(bound, operator)| (read(&bound.value, matches!(operator, "<=" | ">")), operator))
            .collect(),
        Test::Like(_) => return FALSE.to_owned(),
    };
    for (value, operator) in wanted {
        let Some(value) = value else {
            return FALSE.to_owned();
        };
        params.push(value.into());
        ends.push(format!("{column} {operator} ${}", params.len()));
    }
    format!("({})", ends.join(" AND "))
}

fn bounds<'a>(
    low: Option<&'a Bound>,
    high: Option<&'a Bound>,
) -> impl Iterator<Item = (&'a Bound, &'static str)> {
    let low = low.map(|bound| (bound, if bound.inclusive { ">=" } else { ">" }));
    let high = high.map(|bound| (bound, if bound.inclusive { "<=" } else { "<" }));
    low.into_iter().chain(high)
}

/// A moment in milliseconds; `2024`, `2024-02`, `2024-02-29` stand for their first moment or, with
/// `last`, for their last one.
fn moment(text: &str, last: bool) -> Option<i64> {
    if let Ok(moment) = Timestamp::parse_rfc3339(text) {
        return Some(moment.as_millis());
    }
    let parts: Vec<i64> = text
        .split('-')
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    let (year, month, day) = match parts[..] {
        [year] => (year, None, None),
        [year, month] => (year, Some(month), None),
        [year, month, day] => (year, Some(month), Some(day)),
        _ => return None,
    };
    let start = |year: i64, month: i64, day: i64| {
        let text = format!("{year:04}-{month:02}-{day:02}T00:00:00Z");
        Some(Timestamp::parse_rfc3339(&text).ok()?.as_millis())
    };
    let (first_month, first_day) = (month.unwrap_or(1), day.unwrap_or(1));
    let first = start(year, first_month, first_day)?;
    if !last {
        return Some(first);
    }
    let next = match (month, day) {
        (_, Some(_)) => first + 86_400_000,
        (Some(12) | None, None) => start(year + 1, 1, 1)?,
        (Some(month), None) => start(year, month + 1, 1)?,
    };
    Some(next - 1)
}

/// A member of compact JSON reads `"name":"value"`, or `"name":5,`, wherever it stands.
fn member(column: &str, name: &str, test: &Test, params: &mut Vec<Value>) -> String {
    let key = escape_like(&serde_json::Value::from(name).to_string());
    let quoted = |text: &str| {
        let text = serde_json::Value::from(text).to_string();
        text[1..text.len() - 1].to_owned()
    };
    let patterns = match test {
        Test::Exists => vec![format!("%{key}:%")],
        Test::Is(value) => {
            let text = escape_like(&quoted(value));
            let mut patterns = vec![
                format!("%{key}:\"{text}\"%"),
                format!("%{key}:[%\"{text}\"%"),
            ];
            if value.parse::<f64>().is_ok() || matches!(value.as_str(), "true" | "false" | "null") {
                patterns.extend([",", "}"].map(|end| format!("%{key}:{text}{end}%")));
            }
            patterns
        }
        Test::Like(pieces) => vec![format!("%{key}:\"{}\"%", pattern(pieces))],
        Test::Between { .. } => return FALSE.to_owned(),
    };
    let any: Vec<String> = patterns
        .into_iter()
        .map(|pattern| format!("{column} LIKE {} ESCAPE '\\'", place(params, pattern)))
        .collect();
    format!("({})", any.join(" OR "))
}

fn pattern(pieces: &[Piece]) -> String {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => escape_like(text),
            Piece::Any => "%".to_owned(),
            Piece::One => "_".to_owned(),
        })
        .collect()
}

fn place(params: &mut Vec<Value>, value: String) -> String {
    params.push(value.into());
    format!("${}", params.len())
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn a_day_a_month_and_a_year_have_a_first_and_a_last_moment() {
        let span = |text| Some((moment(text, false)?, moment(text, true)?));
        let day = 86_400_000;
        assert_eq!(span("1970-01-02"), Some((day, 2 * day - 1)));
        assert_eq!(span("1970-01"), Some((0, 31 * day - 1)));
        assert_eq!(span("1970"), Some((0, 365 * day - 1)));
        assert_eq!(span("1970-12").map(|(_, last)| last), Some(365 * day - 1));
        assert_eq!(span("1970-01-01T00:00:01Z"), Some((1000, 1000)));
        assert_eq!(span("soon"), None);
        assert_eq!(span("1970-13-01"), None);
    }
}
