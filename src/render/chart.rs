//! A counterexample as a sequence chart for the terminal.
//!
#![cfg_attr(
    feature = "explore",
    doc = r#"
```
use lastbyte::{Checker, Property, Socket};
use lastbyte::render::{chart::{Options, text}, transcript::Caption};
let report = Checker::new().kernel_buffer([4]).run(|mut socket: Socket| async move {
    socket.expect_delivery(b"response");
    let _written = socket.write(b"response").await?;
    socket.close().await
});
let property = Property::NoSilentLoss;
let trace = report.counterexample(property).expect("4 bytes are lost");
let options = Options { width: 80, colour: false, caption: Caption { property, replay: "" } };
assert!(text(trace, options).contains("──4──▸"));
```
"#
)]

use textwrap::core::display_width;

use super::transcript::{self, Caption, Flow, Line};
use crate::render::palette::{Palette, Style};
use crate::trace::event::{ActorId, Trace};

/// How a chart is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// Columns of the terminal; charts are at least 72 columns wide.
    pub width: usize,
    /// Whether ANSI colours are used.
    pub colour: bool,
    /// What the chart ends with.
    pub caption: Caption<'a>,
}

/// Where the lanes are, in columns.
struct Layout {
    numbers: usize,
    subject: usize,
    buffer: usize,
    reader: usize,
    /// The scripts' lane; 0 without scripts.
    others: usize,
    /// Columns of a level's number.
    digits: usize,
    bars: bool,
}

/// The narrowest chart, in columns.
const NARROWEST: usize = 72;

/// Columns between the lanes of the buffers, where the arrows are.
const ARROW: usize = 8;
/// Glyphs of a bar.
const BAR: usize = 6;

impl Layout {
    fn new(width: usize, scripts: bool, digits: usize) -> Layout {
        let width = width.max(NARROWEST);
        let bars = width >= 96;
        let buffer = digits + if bars { 1 + BAR } else { 0 };
        let numbers = 9;
        // One column of space before every lane of words.
        let words = width - numbers - 2 * buffer - 2 * ARROW - if scripts { 2 } else { 1 };
        let (subject, reader, others) = if scripts {
            let side = words * 3 / 10;
            (words - 2 * side, side, side)
        } else {
            (words * 3 / 5, words - words * 3 / 5, 0)
        };
        Layout {
            numbers,
            subject,
            buffer,
            reader,
            others,
            digits,
            bars,
        }
    }
}

/// A piece of a line: text in a lane of a given width.
struct Piece {
    text: String,
    width: usize,
    style: Style,
}

/// The chart; every line ends with a line break.
///
/// A line tells one call of an actor with what surrounds it (being polled, waking somebody,
/// beginning to wait) and shows how full the buffers are afterwards. An exclamation mark is at the
/// step from which on the violation was unavoidable.
pub fn text(trace: &Trace, options: Options<'_>) -> String {
    let Parts {
        heads,
        rows,
        closing,
    } = parts(trace, options);
    format!("{heads}{rows}\n{closing}")
}

/// A chart in parts, for a screen that has no room for all of it.
#[derive(Clone, Debug)]
pub struct Parts {
    /// What stands above the lanes.
    pub heads: String,
    /// A line or more for each call.
    pub rows: String,
    /// What is violated, since when, and how to replay it.
    pub closing: String,
}

/// The parts of [`text`].
pub fn parts(trace: &Trace, options: Options<'_>) -> Parts {
    let lines = transcript::lines(trace);
    let scripts = lines.iter().any(|line| line.actor > ActorId::SUBJECT);
    let levels = lines.iter().map(|line| line.levels);
    let numbers = levels
        .clone()
        .flat_map(|levels| [levels.owed, levels.kernel]);
    let digits = numbers.map(|level| short(level).len()).max();
    let layout = Layout::new(options.width, scripts, digits.unwrap_or(0).max(4));
    let palette = Palette::new(options.colour);
    let (mut above, mut chart, mut below) = (String::new(), String::new(), String::new());
    heads(&mut above, trace, &layout, &palette);
    let largest = levels.map(|levels| levels.owed).max();
    for line in &lines {
        row(
            &mut chart,
            trace,
            &layout,
            &palette,
            line,
            largest.unwrap_or(0),
        );
    }
    let closing = transcript::closing(trace, &options.caption);
    let label = closing.iter().map(|(label, _)| label.len() + 2).max();
    let label = label.unwrap_or(0);
    for (what, sentence) in &closing {
        let width = options.width.max(NARROWEST);
        let lines = if *what == transcript::REPLAY {
            wrap_command(sentence, width, label)
        } else {
            wrap(sentence, width - label)
        };
        for (i, line) in lines.into_iter().enumerate() {
            if i > 0 && *what == transcript::REPLAY {
                below.push_str(&format!("{line}\n"));
                continue;
            }
            let what = if i == 0 {
                format!("{what}:")
            } else {
                String::new()
            };
            push_line(
                &mut below,
                [
                    Piece {
                        text: what,
                        width: label,
                        style: palette.head,
                    },
                    Piece {
                        text: line,
                        width,
                        style: palette.plain,
                    },
                ],
            );
        }
    }
    Parts {
        heads: above,
        rows: chart,
        closing: below,
    }
}

fn heads(chart: &mut String, trace: &Trace, layout: &Layout, palette: &Palette) {
    let of_one = format!("kernel buffer of {}", short(trace.capacity));
    let several = || "its kernel buffer".to_owned();
    let capacity = trace.sockets.first().map_or(of_one, |_| several());
    let others = if layout.others > 0 { "others" } else { "" };
    let buffer = layout.buffer + ARROW;
    let columns = [
        ("steps".to_owned(), layout.numbers),
        (
            transcript::name(trace, ActorId::SUBJECT),
            layout.subject + 1,
        ),
        ("not yet accepted".to_owned(), buffer),
        (capacity, buffer),
        (transcript::name(trace, ActorId::READER), layout.reader + 1),
        (others.to_owned(), layout.others),
    ];
    let wrapped = columns.map(|(text, width)| (wrap(&text, width.saturating_sub(1)), width));
    let height = wrapped.iter().map(|(lines, _)| lines.len()).max();
    for i in 0..height.unwrap_or(0) {
        let pieces = wrapped.iter().map(|(lines, width)| Piece {
            text: lines.get(i).cloned().unwrap_or_default(),
            width: *width,
            style: palette.head,
        });
        push_line(chart, pieces);
    }
}

fn row(
    chart: &mut String,
    trace: &Trace,
    layout: &Layout,
    palette: &Palette,
    line: &Line,
    largest: usize,
) {
    let (style, number_style) = if line.broken {
        (&palette.broken, &palette.broken)
    } else {
        (&palette.plain, &palette.faint)
    };
    let (mut subject, mut reader, mut others) = (Vec::new(), Vec::new(), Vec::new());
    match line.actor {
        ActorId::SUBJECT => subject = wrap(&line.text, layout.subject),
        ActorId::READER => reader = wrap(&line.text, layout.reader),
        script => {
            let text = format!("{}: {}", transcript::name(trace, script), line.text);
            others = wrap(&text, layout.others.max(1));
        }
    }
    let height = subject.len().max(reader.len()).max(others.len());
    let piece = |text: &str, width, style: &Style| Piece {
        text: text.to_owned(),
        width,
        style: *style,
    };
    for i in 0..height {
        let part = |lines: &[String]| lines.get(i).cloned().unwrap_or_default();
        let first = i == 0;
        let number = format!(
            "{}{}",
            if line.broken { "! " } else { "  " },
            line.numbers()
        );
        let (out, taken) = arrows(line.flow);
        let only_first = |text: String| if first { text } else { String::new() };
        let (inside, kernel) = (line.levels.owed, line.levels.kernel);
        let socket = line.socket.and_then(|socket| trace.sockets.get(socket));
        let capacity = socket.map_or(trace.capacity, |socket| socket.capacity);
        // What is about no socket shows no levels where there are several.
        let shown = first && (trace.sockets.is_empty() || socket.is_some());
        let of_socket = |text: String| if shown { text } else { String::new() };
        push_line(
            chart,
            [
                piece(&only_first(number), layout.numbers, number_style),
                piece(&part(&subject), layout.subject + 1, style),
                piece(
                    &of_socket(gauge(inside, largest, layout)),
                    layout.buffer,
                    style,
                ),
                piece(&only_first(out), ARROW, &palette.flow),
                piece(
                    &of_socket(gauge(kernel, capacity, layout)),
                    layout.buffer,
                    &palette.plain,
                ),
                piece(&only_first(taken), ARROW, &palette.flow),
                piece(&part(&reader), layout.reader + 1, style),
                piece(&part(&others), layout.others, style),
            ],
        );
    }
}

/// A level as a number, with a bar where there is room for it.
fn gauge(level: usize, full: usize, layout: &Layout) -> String {
    let number = format!("{:>width$}", short(level), width = layout.digits);
    match layout.bars {
        true => format!("{number} {}", bar(level, full)),
        false => number,
    }
}

/// At most eight characters: from a hundred million on, whole millions and so on.
fn short(level: usize) -> String {
    if level < 100_000_000 {
        return level.to_string();
    }
    let units = [("M", 1_000_000), ("T", 1_000_000_000_000)];
    let level = level as u128;
    let fits = units
        .into_iter()
        .find(|(_, unit)| level / unit < 10_000_000);
    let (name, unit) = fits.unwrap_or(("E", 1_000_000_000_000_000_000));
    format!("{}{name}", level / unit)
}

/// A bar that is empty only at 0 and full only at `full`.
fn bar(level: usize, full: usize) -> String {
    let filled = match (level, full) {
        (0, _) => 0,
        (level, full) if level >= full => BAR,
        // Less than `full` is less than the bar.
        (level, full) => ((level as u128 * BAR as u128 / full as u128) as usize).max(1),
    };
    "█".repeat(filled) + &"·".repeat(BAR - filled)
}

/// The arrow out of the connection and the one out of the kernel's buffer.
fn arrows(flow: Option<Flow>) -> (String, String) {
    let none = String::new;
    match flow {
        None => (none(), none()),
        Some(Flow::Accepted(bytes)) => (arrow(&bytes.to_string(), '▸'), none()),
        Some(Flow::Refused) => (arrow("", '╳'), none()),
        Some(Flow::Fin) => (arrow("FIN", '▸'), none()),
        Some(Flow::Taken(bytes)) => (none(), arrow(&bytes.to_string(), '▸')),
        Some(Flow::Eof) => (none(), arrow("FIN", '▸')),
        Some(Flow::Reset) => (none(), " ◂RST── ".to_owned()),
    }
}

fn arrow(label: &str, head: char) -> String {
    // A number too long for the arrow is told in words beside it.
    let label = if label.len() > ARROW - 4 { "" } else { label };
    format!(" {label:─^width$}{head} ", width = ARROW - 3)
}

/// The text in lines of at most `width` columns; a word that is longer is broken.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let lines = textwrap::wrap(text, width.max(1)).into_iter();
    lines.map(std::borrow::Cow::into_owned).collect()
}

/// A command in lines that a shell takes as one: broken at spaces that are not quoted, continued
/// with a backslash. The first line is `label` columns shorter. A word that is too long stays whole,
/// the terminal breaks it: a command that cannot be pasted is worth nothing.
fn wrap_command(command: &str, width: usize, label: usize) -> Vec<String> {
    /// A private character, of the width of a space, at which nothing is broken.
    const QUOTED_SPACE: char = '\u{e000}';
    if label + display_width(command) <= width {
        return vec![command.to_owned()];
    }
    let mut quote = None;
    let guarded: String = command
        .chars()
        .map(|c| {
            match (quote, c) {
                (None, '\'' | '"') => quote = Some(c),
                (Some(open), c) if c == open => quote = None,
                (Some(_), ' ') => return QUOTED_SPACE,
                _ => {}
            }
            c
        })
        .collect();
    let indent = " ".repeat(label);
    let options = textwrap::Options::new(width - 2)
        .initial_indent(&indent)
        .subsequent_indent("  ")
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    let mut lines: Vec<String> = textwrap::wrap(&guarded, options)
        .iter()
        .map(|line| line.replace(QUOTED_SPACE, " ") + " \\")
        .collect();
    if let Some(last) = lines.last_mut() {
        last.truncate(last.len() - 2);
    }
    if let Some(first) = lines.first_mut() {
        *first = first.trim_start().to_owned();
    }
    lines
}

/// Adds the pieces as a line without spaces at its end.
fn push_line(chart: &mut String, pieces: impl IntoIterator<Item = Piece>) {
    let mut gap = 0;
    for Piece { text, width, style } in pieces {
        let trimmed = text.trim_end();
        if !trimmed.is_empty() {
            chart.extend(std::iter::repeat_n(' ', gap));
            gap = 0;
            chart.push_str(&style.apply_to(trimmed));
        }
        gap += width.saturating_sub(display_width(trimmed));
    }
    chart.push('\n');
}

#[cfg(test)]
mod tests;
