//! How executions and time grow with the payload.

use super::{count_of, thousands, visible};
use crate::check::results::{InstanceFigures, Results, Row};

/// How many sizes a series needs at least for a plot.
const SIZES: usize = 4;

/// The growth of one claim's figures: two plots.
pub(crate) struct Growth {
    pub(crate) title: String,
    pub(crate) scenario: String,
    pub(crate) plots: Vec<Plot>,
}

/// Figures against the payload, on linear axes from 0.
pub(crate) struct Plot {
    pub(crate) title: &'static str,
    pub(crate) points: Vec<Point>,
    /// The points as a polyline.
    pub(crate) line: String,
    pub(crate) largest: String,
    pub(crate) last: String,
}

pub(crate) struct Point {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) text: String,
}

/// The position of the axes, in the plot's own units.
const LEFT: f64 = 12.0;
const BOTTOM: f64 = 172.0;
const WIDTH: f64 = 380.0;
const HEIGHT: f64 = 140.0;

/// The plots of all series whose scenarios differ only in N. Claims about the same explorations share a plot.
/// Claims with the same sentence, each about one size, form one series.
pub(crate) fn of(results: &Results) -> Vec<Growth> {
    let mut claims: Vec<(&Row, Vec<&InstanceFigures>)> = Vec::new();
    for row in &results.rows {
        let same = |known: &Row| {
            (
                &known.model,
                &known.subject,
                &known.version,
                &known.sentence,
            ) == (&row.model, &row.subject, &row.version, &row.sentence)
        };
        match claims.iter_mut().find(|(known, _)| same(known)) {
            Some((_, figures)) => figures.extend(&row.each),
            None => claims.push((row, row.each.iter().collect())),
        }
    }
    let mut growths = Vec::new();
    let mut known = Vec::new();
    for (row, figures) in &claims {
        for series in series(figures) {
            if !known.contains(&series) {
                growths.push(growth(row, &series.0, &series.1));
                known.push(series);
            }
        }
    }
    growths
}

/// The parameters that the scenarios have in common, and each N with its figures.
type Series<'a> = (String, Vec<(u64, &'a InstanceFigures)>);

/// The series of N and figures, one for each combination of the other parameters.
fn series<'a>(figures: &[&'a InstanceFigures]) -> Vec<Series<'a>> {
    let mut all: Vec<Series<'a>> = Vec::new();
    for &figures in figures {
        let parts = figures.scenario.split(',');
        let (sizes, rest): (Vec<_>, Vec<_>) = parts.partition(|part| part.starts_with("N="));
        let [size] = sizes.as_slice() else { continue };
        let Ok(size) = size["N=".len()..].parse() else {
            continue;
        };
        let rest = rest.join(", ");
        match all.iter_mut().find(|(known, _)| *known == rest) {
            Some((_, series)) => series.push((size, figures)),
            None => all.push((rest, vec![(size, figures)])),
        }
    }
    for (_, series) in &mut all {
        series.sort_by_key(|(size, _)| *size);
        series.dedup_by_key(|(size, _)| *size);
    }
    all.retain(|(_, series)| series.len() >= SIZES);
    all
}

fn growth(row: &Row, rest: &str, series: &[(u64, &InstanceFigures)]) -> Growth {
    let executions = series.iter().map(|(n, figures)| {
        let text = format!("N={n}: {}", count_of(figures.executions, "execution"));
        (*n, figures.executions as f64, text)
    });
    let seconds = series.iter().map(|(n, figures)| {
        let text = format!("N={n}: {:.3} s", figures.seconds);
        (*n, figures.seconds, text)
    });
    Growth {
        title: visible(&row.sentence),
        scenario: visible(&format!("{}, {rest}", row.subject)),
        plots: vec![
            plot("executions", executions.collect(), |most| {
                thousands(most as u64)
            }),
            plot("seconds", seconds.collect(), |most| format!("{most:.3}")),
        ],
    }
}

fn plot(title: &'static str, figures: Vec<(u64, f64, String)>, number: fn(f64) -> String) -> Plot {
    let most = figures.iter().map(|(_, y, _)| *y).fold(0.0, f64::max);
    let last = figures.iter().map(|(n, ..)| *n).max().unwrap_or(0);
    let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
    let points: Vec<_> = figures
        .into_iter()
        .map(|(n, y, text)| Point {
            x: (LEFT + WIDTH * share(n as f64, last as f64)).round(),
            y: (BOTTOM - HEIGHT * share(y, most)).round(),
            text,
        })
        .collect();
    let line: Vec<_> = points
        .iter()
        .map(|point| format!("{},{}", point.x, point.y))
        .collect();
    Plot {
        title,
        line: line.join(" "),
        points,
        largest: number(most),
        last: format!("N={last}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(figures: &[(u64, f64)]) -> Vec<(f64, f64)> {
        let figures = figures.iter().map(|&(n, y)| (n, y, String::new()));
        let plot = plot("seconds", figures.collect(), |most| most.to_string());
        plot.points.iter().map(|p| (p.x, p.y)).collect()
    }

    #[test]
    fn the_largest_are_at_the_far_ends_of_the_axes() {
        assert_eq!(
            points(&[(0, 0.0), (32, 4.0), (64, 1.0)]),
            [
                (LEFT, BOTTOM),
                (LEFT + WIDTH / 2.0, BOTTOM - HEIGHT),
                (LEFT + WIDTH, BOTTOM - HEIGHT / 4.0)
            ]
        );
    }

    #[test]
    fn what_takes_no_time_lies_on_the_axis() {
        assert_eq!(
            points(&[(0, 0.0), (0, 0.0)]),
            [(LEFT, BOTTOM), (LEFT, BOTTOM)]
        );
    }
}
