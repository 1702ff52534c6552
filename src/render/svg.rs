//! A counterexample as a self-contained SVG picture, readable on light and on dark pages.
//!
//! ```
//! use lastbyte::{Checker, Property, Socket};
//! use lastbyte::render::transcript::Caption;
//! use lastbyte::render::svg::sequence;
//! let report = Checker::new().kernel_buffer([4]).run(|mut socket: Socket| async move {
//!     socket.expect_delivery(b"response");
//!     let _written = socket.write(b"response").await?;
//!     socket.close().await
//! });
//! let property = Property::NoSilentLoss;
//! let trace = report.counterexample(property).expect("the kernel takes 4 bytes of 8");
//! let caption = Caption { property, replay: "cargo test" };
//! assert!(sequence(trace, caption).starts_with("<svg"));
//! ```

use askama::Template;

use super::transcript::{self, Caption, Flow, Line};
use super::{count, thousands};
use crate::trace::event::{ActorId, Trace};

/// A lane, from its left edge in pixels.
struct Lane {
    x: usize,
    width: usize,
}

const SUBJECT: Lane = Lane { x: 80, width: 280 };
const BUFFER: Lane = Lane { x: 376, width: 136 };
const KERNEL: Lane = Lane { x: 576, width: 136 };
const READER: Lane = Lane { x: 776, width: 210 };
const OTHERS: Lane = Lane {
    x: 1002,
    width: 190,
};

const LINE: usize = 18;
/// Lines of one row, or of a name; what is longer ends in an ellipsis.
const LINES: usize = 5;
/// A buffer of at most as many bytes is drawn as one box for each.
const BOXES: usize = 16;

impl Lane {
    /// The text in lines that fit the lane, in letters of ordinary width.
    fn wrap(&self, text: &str) -> Vec<String> {
        wrap(text, self.width * 10 / 76)
    }
}

fn wrap(text: &str, letters: usize) -> Vec<String> {
    let mut lines: Vec<_> = textwrap::wrap(text, letters)
        .into_iter()
        .map(std::borrow::Cow::into_owned)
        .collect();
    if lines.len() > LINES {
        lines.truncate(LINES);
        lines[LINES - 1].push('…');
    }
    lines
}

struct Text {
    x: usize,
    y: usize,
    class: &'static str,
    text: String,
}

struct Head {
    x: usize,
    width: usize,
    lines: Vec<Text>,
}

struct Box {
    x: usize,
    width: usize,
    class: &'static str,
}

struct Gauge {
    x: usize,
    level: String,
    cells: Vec<Box>,
}

struct Arrow {
    from: usize,
    to: usize,
    /// Where the tip's other end is.
    back: isize,
    refused: bool,
    text: String,
}

struct Row {
    y: usize,
    height: usize,
    numbers: String,
    lines: Vec<Text>,
    gauges: [Gauge; 2],
    arrow: Option<Arrow>,
    broken: bool,
}

#[derive(Template)]
#[template(path = "sequence.svg", escape = "html")]
struct Picture {
    width: usize,
    height: usize,
    head_height: usize,
    title: String,
    description: String,
    heads: Vec<Head>,
    rows: Vec<Row>,
    closing: Vec<Text>,
}

/// The picture, 1000 pixels wide, or 1200 with scripts.
///
/// # Panics
///
/// Never: writing into a string does not fail.
pub fn sequence(trace: &Trace, caption: Caption<'_>) -> String {
    let lines = transcript::lines(trace);
    let scripts = lines.iter().any(|line| line.actor > ActorId::SUBJECT);
    let (heads, head_height) = heads(trace, scripts);
    let largest = lines.iter().map(|line| line.levels.owed).max();
    let mut y = 14 + head_height + 10;
    let mut rows = Vec::with_capacity(lines.len());
    let mut lost = false;
    for line in &lines {
        lost |= line.broken && transcript::strands(caption.property);
        let row = row(trace, line, y, largest.unwrap_or(0), lost);
        y += row.height;
        rows.push(row);
    }
    let sentences = transcript::closing(trace, &caption);
    let description = sentences
        .iter()
        .map(|(what, sentence)| format!("{what}: {sentence}"))
        .collect::<Vec<_>>()
        .join("\n");
    y += 12;
    let mut closing = Vec::new();
    for (what, sentence) in sentences {
        closing.push(text(20, y + 15, "label", what.to_owned()));
        let class = match what {
            "violated" => "broken",
            "replay" => "command",
            _ => "plain",
        };
        for line in wrap(&sentence, 110) {
            closing.push(text(176, y + 15, class, line));
            y += LINE + 3;
        }
    }
    let picture = Picture {
        width: if scripts { 1200 } else { 1000 },
        height: y + 14,
        head_height,
        title: format!("A counterexample to {}", caption.property),
        description,
        heads,
        rows,
        closing,
    };
    picture.render().expect("a string takes everything")
}

fn text(x: usize, y: usize, class: &'static str, text: String) -> Text {
    Text { x, y, class, text }
}

fn heads(trace: &Trace, scripts: bool) -> (Vec<Head>, usize) {
    let capacity = count(trace.capacity, "byte");
    let mut lanes = vec![
        (SUBJECT, transcript::name(trace, ActorId::SUBJECT)),
        (BUFFER, "not yet accepted".to_owned()),
        (KERNEL, format!("kernel, {capacity}")),
        (READER, transcript::name(trace, ActorId::READER)),
    ];
    if scripts {
        lanes.push((OTHERS, "others".to_owned()));
    }
    let lanes: Vec<_> = lanes
        .into_iter()
        .map(|(lane, name)| (lane.wrap(&name), lane))
        .collect();
    let lines = lanes.iter().map(|(lines, _)| lines.len()).max();
    let height = 12 + LINE * lines.unwrap_or(1);
    let heads = lanes.into_iter().map(|(lines, lane)| {
        let top = 14 + (height - LINE * lines.len()) / 2 + 14;
        let middle = lane.x + lane.width / 2;
        let lines = lines.into_iter().enumerate();
        Head {
            x: lane.x,
            width: lane.width,
            lines: lines
                .map(|(i, line)| text(middle, top + LINE * i, "", line))
                .collect(),
        }
    });
    (heads.collect(), height)
}

fn row(trace: &Trace, line: &Line, y: usize, largest: usize, lost: bool) -> Row {
    let (lane, words) = match line.actor {
        ActorId::SUBJECT => (SUBJECT, line.text.clone()),
        ActorId::READER => (READER, line.text.clone()),
        script => {
            let name = transcript::name(trace, script);
            (OTHERS, format!("{name}: {}", line.text))
        }
    };
    let lines: Vec<_> = lane
        .wrap(&words)
        .into_iter()
        .enumerate()
        .map(|(i, line)| text(lane.x + 6, y + 20 + LINE * i, "", line))
        .collect();
    let inside = if lost { "lost" } else { "full" };
    Row {
        y,
        height: 30 + LINE * lines.len().saturating_sub(1),
        numbers: line.numbers(),
        lines,
        gauges: [
            gauge(&BUFFER, line.levels.owed, largest, inside),
            gauge(&KERNEL, line.levels.kernel, trace.capacity, "kernel"),
        ],
        arrow: line.flow.map(arrow),
        broken: line.broken,
    }
}

/// One box for each byte of a small buffer, a bar for a large one.
fn gauge(lane: &Lane, level: usize, full: usize, class: &'static str) -> Gauge {
    let (digits, gap) = (48, 6);
    let left = lane.x + digits + gap;
    let room = lane.width - digits - gap - 4;
    let mut cells = Vec::new();
    if full <= BOXES {
        let each = (room / full.max(1)).min(18);
        for i in 0..full {
            let class = if i < level { class } else { "empty" };
            cells.push(Box {
                x: left + i * each,
                width: each - 2,
                class,
            });
        }
    } else {
        cells.push(Box {
            x: left,
            width: room,
            class: "empty",
        });
        let filled = (level.min(full) as u128 * room as u128).div_ceil(full as u128) as usize;
        if filled > 0 {
            cells.push(Box {
                x: left,
                width: filled,
                class,
            });
        }
    }
    Gauge {
        x: lane.x + digits,
        level: thousands(level as u64),
        cells,
    }
}

fn arrow(flow: Flow) -> Arrow {
    let out = (BUFFER.x + BUFFER.width + 4, KERNEL.x - 4);
    let taken = (KERNEL.x + KERNEL.width + 4, READER.x - 4);
    let ((from, to), text) = match flow {
        Flow::Accepted(bytes) => (out, thousands(bytes as u64)),
        Flow::Refused => (out, String::new()),
        Flow::Fin => (out, "FIN".to_owned()),
        Flow::Taken(bytes) => (taken, thousands(bytes as u64)),
        Flow::Eof => (taken, "FIN".to_owned()),
        Flow::Reset => ((taken.1, taken.0), "RST".to_owned()),
    };
    Arrow {
        from,
        to,
        back: if flow == Flow::Reset { 8 } else { -8 },
        refused: flow == Flow::Refused,
        text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_ends_in_an_ellipsis() {
        let words = |n: usize| vec!["word"; n].join(" ");
        assert_eq!(wrap(&words(LINES), 4), vec!["word"; LINES]);
        let cut = wrap(&words(LINES + 1), 4);
        assert_eq!(cut.len(), LINES);
        assert_eq!(cut[LINES - 1], "word…");
    }

    /// Left edge, width and class of what is drawn.
    fn drawn(level: usize, full: usize) -> Vec<(usize, usize, &'static str)> {
        let cells = gauge(&BUFFER, level, full, "full").cells;
        cells.iter().map(|c| (c.x, c.width, c.class)).collect()
    }

    #[test]
    fn a_small_buffer_has_a_box_for_each_byte() {
        for full in 0..=BOXES {
            for level in 0..full + 2 {
                let boxes = drawn(level, full);
                assert_eq!(boxes.len(), full);
                let filled = |(.., class): &&(usize, usize, &str)| *class == "full";
                assert_eq!(boxes.iter().filter(filled).count(), level.min(full));
                assert!(boxes.iter().take(level).all(|one| filled(&one)));
                // They keep apart, and to their lane.
                let ends = boxes.iter().map(|(x, width, _)| x + width);
                let next = boxes.iter().map(|(x, ..)| *x).skip(1);
                let next = next.chain([BUFFER.x + BUFFER.width]);
                assert!(ends.zip(next).all(|(end, next)| end < next), "{boxes:?}");
                assert!(boxes.iter().all(|(_, width, _)| *width > 0), "{boxes:?}");
            }
        }
    }

    #[test]
    fn a_large_buffer_is_a_bar_that_is_empty_only_at_0() {
        let (left, room) = (430, 78);
        let empty = (left, room, "empty");
        for full in [BOXES + 1, 100_000] {
            assert_eq!(drawn(0, full), [empty]);
            assert_eq!(drawn(full, full), [empty, (left, room, "full")]);
            assert_eq!(drawn(full + 1, full), [empty, (left, room, "full")]);
        }
        assert_eq!(drawn(1, 100_000), [empty, (left, 1, "full")]);
        assert_eq!(drawn(50_000, 100_000), [empty, (left, 39, "full")]);
        assert_eq!(drawn(usize::MAX, usize::MAX).len(), 2);
    }
}
