//! Charts that need no script: columns drawn as SVG, and the same as a table for whoever does not see them.

use maud::{Markup, Render, html};

use crate::locale::Text;
use crate::number::number;

/// The height of a column in the drawing's own measure.
const HEIGHT: i64 = 1000;

/// A row of stacked columns over time.
#[derive(Clone, Debug)]
pub struct Chart<'a> {
    /// The reader's texts.
    pub text: Text,
    /// Names the elements; unlike every other on the page.
    pub id: &'a str,
    /// What is counted.
    pub title: &'a str,
    /// What the pieces of a column are, from the bottom: name, and one of the tones `good`, `warn`, `bad`.
    pub series: &'a [(String, &'static str)],
    /// The columns, the oldest first.
    pub columns: Vec<Column>,
    /// The heading of the table's first column.
    pub when: &'a str,
}

/// One column: when it is, and how tall its pieces are.
#[derive(Clone, Debug)]
pub struct Column {
    /// The beginning.
    pub at: Markup,
    /// The pieces, in the order of the series.
    pub values: Vec<i64>,
}

impl Column {
    fn sum(&self) -> i64 {
        self.values.iter().sum()
    }
}

impl Chart<'_> {
    /// A round number that no column is taller than.
    fn top(&self) -> i64 {
        let highest = self.columns.iter().map(Column::sum).max().unwrap_or(0);
        let mut unit = 1;
        loop {
            for step in [1, 2, 5] {
                if unit * step >= highest {
                    return (unit * step).max(2);
                }
            }
            unit *= 10;
        }
    }

    fn drawing(&self, top: i64) -> Markup {
        let width = i64::try_from(self.columns.len()).unwrap_or(1) * 10;
        let title = format!("{}-title", self.id);
        html! {
            svg.chart-drawing viewBox=(format!("0 0 {width} {HEIGHT}")) preserveAspectRatio="none" role="img" aria-labelledby=(title) {
                @for (at, column) in self.columns.iter().enumerate() {
                    (self.column(i64::try_from(at).unwrap_or(0) * 10, column, top))
                }
            }
        }
    }

    fn column(&self, x: i64, column: &Column, top: i64) -> Markup {
        let mut y = HEIGHT;
        let pieces = column.values.iter().zip(self.series);
        let pieces = pieces.filter(|(value, _)| **value > 0);
        let pieces: Vec<(i64, i64, &str)> = pieces
            .map(|(value, (_, tone))| {
                // What is there is seen, however little.
                let height = (value * HEIGHT / top).max(8);
                y -= height;
                (y, height, *tone)
            })
            .collect();
        html! {
            @for (y, height, tone) in pieces {
                rect class=(format!("chart-{tone}")) x=(x + 1) y=(y) width="8" height=(height) {}
            }
        }
    }

    fn as_table(&self) -> Markup {
        html! {
            details.chart-table {
                summary { (self.text.get("chart-as-table")) }
                table.table {
                    caption.visually-hidden { (self.title) }
                    thead { tr {
                        th scope="col" { (self.when) }
                        @for (label, _) in self.series { th scope="col" { (label) } }
                    } }
                    tbody {
                        @for column in self.columns.iter().filter(|column| column.sum() > 0) {
                            tr {
                                td data-label=(self.when) { (column.at) }
                                @for (value, (label, _)) in column.values.iter().zip(self.series) {
                                    td data-label=(label) { (number(*value)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

impl Render for Chart<'_> {
    fn render(&self) -> Markup {
        let top = self.top();
        html! {
            figure.chart {
                figcaption id=(format!("{}-title", self.id)) { (self.title) }
                ul.chart-legend {
                    @for (label, tone) in self.series {
                        li { span class=(format!("chart-mark chart-{tone}")) aria-hidden="true" {} (label) }
                    }
                }
                div.chart-plot {
                    div.chart-scale aria-hidden="true" {
                        span { (number(top)) } span { (number(top / 2)) } span { "0" }
                    }
                    (self.drawing(top))
                }
                div.chart-ends aria-hidden="true" {
                    @if let Some(first) = self.columns.first() { span { (first.at) } }
                    @if let Some(last) = self.columns.last() { span { (last.at) } }
                }
                (self.as_table())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use maud::{Render as _, html};

    use super::{Chart, Column};
    use crate::locale::{Locale, Text};

    fn chart(values: &[i64]) -> String {
        let series = [("Good".to_owned(), "good"), ("Bad".to_owned(), "bad")];
        let columns = values.iter().map(|value| Column {
            at: html! { "at" },
            values: vec![*value, 1],
        });
        let chart = Chart {
            text: Text::new(Locale::En),
            id: "calls",
            title: "Calls",
            series: &series,
            columns: columns.collect(),
            when: "When",
        };
        chart.render().into_string()
    }

    #[test]
    fn columns_are_stacked_under_a_round_number() {
        let html = chart(&[3, 1_499]);
        assert!(
            html.contains("<span>2,000</span><span>1,000</span>"),
            "{html}"
        );
        assert!(
            html.contains(r#"<rect class="chart-good" x="11" y="251" width="8" height="749">"#),
            "{html}"
        );
        assert!(
            html.contains(r#"<rect class="chart-bad" x="11" y="243" width="8" height="8">"#),
            "{html}"
        );
        assert!(html.contains("1,499"), "the table has the numbers");
    }

    #[test]
    fn a_chart_of_nothing_is_one_too() {
        assert!(chart(&[]).contains("<span>2</span>"));
    }
}
