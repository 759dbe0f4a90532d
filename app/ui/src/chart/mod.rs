//! Charts drawn on the server: SVG in percentages, words in HTML, and the same figures as a table for who cannot see them.

use std::fmt::Write as _;

use leptos::prelude::*;

use crate::attr::classes;
use crate::tone::Tone;

/// A small line without axes, beside its figure. It is decoration: the figure says it in words.
#[component]
pub fn Sparkline(
    /// Oldest first.
    values: Vec<f64>,
) -> impl IntoView {
    let top = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let bottom = values.iter().copied().fold(f64::INFINITY, f64::min);
    let line = points(&values, bottom, top, 6.0);
    view! {
        <svg class="sparkline" viewBox="0 0 100 100" preserveAspectRatio="none" width="72" height="28" aria-hidden="true" focusable="false">
            <polyline class="sparkline__line" points=line></polyline>
        </svg>
    }
}

/// `x,y` pairs over a square of 100, with `margin` kept free above and below.
fn points(values: &[f64], bottom: f64, top: f64, margin: f64) -> String {
    let span = if top > bottom { top - bottom } else { 1.0 };
    let last = f64::from(u32::try_from(values.len().saturating_sub(1)).unwrap_or(u32::MAX).max(1));
    let mut line = String::new();
    for (at, value) in (0_u32..).zip(values) {
        let x = f64::from(at) / last * 100.0;
        let y = 100.0 - margin - (value - bottom) / span * (100.0 - 2.0 * margin);
        let _ = write!(line, "{x:.2},{y:.2} ");
    }
    line.trim_end().to_owned()
}

/// The least round number (1, 2 or 5 times a power of ten, times four) at or above the greatest value: the axis has four steps.
fn axis_top(greatest: f64) -> f64 {
    if greatest <= 4.0 {
        return 4.0;
    }
    let step = greatest / 4.0;
    let power = 10_f64.powf(step.log10().floor());
    let round = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|n| n * power).find(|n| *n >= step - 1e-9);
    round.unwrap_or(step) * 4.0
}

fn figure(value: f64, unit: &str) -> String {
    let number = if value.fract().abs() < 1e-9 { format!("{value:.0}") } else { format!("{value:.1}") };
    match unit {
        "£" => format!("£{number}"),
        "" => number,
        unit => format!("{number}{unit}"),
    }
}

/// One bar of a `BarChart`.
#[derive(Clone, Debug)]
pub struct Bar {
    label: String,
    value: f64,
    tone: Option<Tone>,
    href: String,
}

impl Bar {
    pub fn new(label: impl Into<String>, value: f64) -> Self {
        Self { label: label.into(), value, tone: None, href: String::new() }
    }

    /// A status hue in place of the brand's.
    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = Some(tone);
        self
    }

    /// What the bar counts.
    pub fn href(mut self, href: impl Into<String>) -> Self {
        self.href = href.into();
        self
    }
}

/// Lying bars with their words and figures: a list that happens to be drawn, so it needs no second table.
#[component]
pub fn BarChart(
    #[prop(into)] title: String,
    bars: Vec<Bar>,
    /// `%`, `£`, ` days`; the figure alone when empty.
    #[prop(into, optional)]
    unit: String,
) -> impl IntoView {
    let greatest = bars.iter().map(|bar| bar.value).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let rows = bars
        .into_iter()
        .map(|bar| {
            let width = format!("{:.2}%", (bar.value / greatest * 100.0).clamp(0.0, 100.0));
            let label = if bar.href.is_empty() {
                bar.label.into_any()
            } else {
                view! { <a class="bars__link" href=bar.href>{bar.label}</a> }.into_any()
            };
            view! {
                <li class="bars__row">
                    <span class="bars__label">{label}</span>
                    <svg class=classes(["bars__track", bar.tone.map_or("", Tone::class)]) width="100%" height="8" aria-hidden="true" focusable="false">
                        <rect class="bars__ground" width="100%" height="8" rx="4"></rect>
                        <rect class="bars__bar" width=width height="8" rx="4"></rect>
                    </svg>
                    <span class="bars__value">{figure(bar.value, &unit)}</span>
                </li>
            }
        })
        .collect_view();
    view! { <figure class="chart"><figcaption class="chart__title">{title}</figcaption><ul class="bars" role="list">{rows}</ul></figure> }
}

/// One line of a chart.
#[derive(Clone, Debug)]
pub struct Series {
    name: String,
    values: Vec<f64>,
}

impl Series {
    /// One value for each label of the chart, in order.
    pub fn new(name: impl Into<String>, values: Vec<f64>) -> Self {
        Self { name: name.into(), values }
    }
}

/// Up to three lines over time. The lines differ in dash as well as hue, and the figures follow as a table.
#[component]
pub fn LineChart(
    #[prop(into)] title: String,
    /// What each step is called: weeks, months.
    labels: Vec<String>,
    series: Vec<Series>,
    #[prop(into, optional)] unit: String,
) -> impl IntoView {
    let top = axis_top(series.iter().flat_map(|s| &s.values).copied().fold(0.0, f64::max));
    let grid = [0_u8, 25, 50, 75, 100]
        .map(|y| view! { <line class="lines__grid" x1="0" x2="100" y1=y.to_string() y2=y.to_string()></line> })
        .collect_view();
    let axis = [1.0, 0.75, 0.5, 0.25, 0.0].map(|share| view! { <span>{figure(top * share, &unit)}</span> }).collect_view();
    let class = |at: usize| format!("lines__line lines__line--{}", at + 1);
    let lines = series
        .iter()
        .enumerate()
        .map(|(at, s)| view! { <polyline class=class(at) points=points(&s.values, 0.0, top, 0.0)></polyline> })
        .collect_view();
    let key = (series.len() > 1).then(|| {
        let names = series
            .iter()
            .enumerate()
            .map(|(at, s)| view! {
                <li class="lines__name">
                    <svg width="20" height="8" aria-hidden="true" focusable="false"><line class=class(at) x1="0" x2="20" y1="4" y2="4"></line></svg>
                    {s.name.clone()}
                </li>
            })
            .collect_view();
        view! { <ul class="lines__key" role="list">{names}</ul> }
    });
    let ends = labels.first().cloned().zip(labels.last().cloned());
    let middle = labels.get(labels.len() / 2).cloned().filter(|_| labels.len() > 4);
    let table = data_table(&title, &labels, &series, &unit);
    view! {
        <figure class="chart">
            <figcaption class="chart__head"><span class="chart__title">{title}</span>{key}</figcaption>
            <div class="lines" aria-hidden="true">
                <div class="lines__axis">{axis}</div>
                <svg class="lines__plot" viewBox="0 0 100 100" preserveAspectRatio="none" focusable="false">{grid}{lines}</svg>
                {ends.map(|(first, last)| view! {
                    <div class="lines__labels"><span>{first}</span>{middle.map(|middle| view! { <span>{middle}</span> })}<span>{last}</span></div>
                })}
            </div>
            {table}
        </figure>
    }
}

fn data_table(title: &str, labels: &[String], series: &[Series], unit: &str) -> impl IntoView + use<> {
    let heads = series.iter().map(|s| view! { <th scope="col" class="num-cell">{s.name.clone()}</th> }).collect_view();
    let rows = labels
        .iter()
        .enumerate()
        .map(|(at, label)| {
            let cells = series
                .iter()
                .map(|s| view! { <td class="num-cell">{s.values.get(at).map(|value| figure(*value, unit))}</td> })
                .collect_view();
            view! { <tr><th scope="row">{label.clone()}</th>{cells}</tr> }
        })
        .collect_view();
    view! {
        <details class="chart__figures">
            <summary class="chart__summary">"Show as a table"</summary>
            <table class="chart__table">
                <caption class="visually-hidden">{title.to_owned()}</caption>
                <thead><tr><th scope="col"><span class="visually-hidden">"When"</span></th>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_on_a_number_that_divides_by_four() {
        for (greatest, top) in [(0.0, 4.0), (3.0, 4.0), (7.0, 8.0), (9.0, 10.0), (41.0, 80.0), (100.0, 100.0), (130.0, 200.0)] {
            assert!((axis_top(greatest) - top).abs() < 1e-9, "{greatest} gave {}", axis_top(greatest));
        }
    }

    #[test]
    fn points_survive_one_value_and_a_flat_line() {
        assert_eq!(points(&[5.0], 5.0, 5.0, 0.0), "0.00,100.00");
        assert_eq!(points(&[], f64::INFINITY, f64::NEG_INFINITY, 0.0), "");
        assert_eq!(points(&[0.0, 10.0], 0.0, 10.0, 10.0), "0.00,90.00 100.00,10.00");
    }

    #[test]
    fn figures_carry_their_unit() {
        assert_eq!(figure(12.0, ""), "12");
        assert_eq!(figure(2.25, " days"), "2.2 days");
        assert_eq!(figure(250.0, "£"), "£250");
        assert_eq!(figure(94.0, "%"), "94%");
    }
}
