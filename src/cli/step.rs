//! `replay --step`: a trace that the keyboard moves forward and back.

use std::io::{self, IsTerminal, Stdout, Write};
use std::time::Duration;

use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use crossterm::{cursor, execute, queue, style, terminal};

use super::interrupt;
use crate::error::Misuse;
use crate::render::chart::{self, Options, Parts};
use crate::trace::event::Trace;

/// What the first line says after the step.
const HELP: &str = "right or space: forward, left: back, home, end, q: quit";

/// Shows the trace up to a step, until a key ends it.
///
/// # Errors
///
/// When there is no terminal, or it fails.
pub(super) fn show(trace: &Trace, options: Options<'_>) -> Result<(), Misuse> {
    if !io::stdout().is_terminal() {
        return Err(Misuse(
            "--step wants a terminal; without it the whole chart is printed".to_owned(),
        ));
    }
    // The terminal is restored before the process ends, whatever ends it.
    interrupt::note()?;
    walk(trace, options).map_err(|error| Misuse(format!("cannot use the terminal: {error}")))
}

fn walk(trace: &Trace, options: Options<'_>) -> io::Result<()> {
    let last = trace.steps.len();
    let first = last.min(1);
    let mut shown = first;
    let mut screen = Screen::enter()?;
    while !interrupt::happened() {
        screen.draw(trace, shown, options)?;
        shown = match next_key()? {
            None => break,
            Some(Key::Forward) => (shown + 1).min(last),
            Some(Key::Back) => shown.saturating_sub(1).max(first),
            Some(Key::First) => first,
            Some(Key::Last) => last,
            Some(Key::Other) => shown,
        };
    }
    Ok(())
}

enum Key {
    Forward,
    Back,
    First,
    Last,
    /// Anything else, also a terminal of another size: drawn anew.
    Other,
}

/// Waits for a key; `None` is the end.
fn next_key() -> io::Result<Option<Key>> {
    while !event::poll(Duration::from_millis(100))? {
        if interrupt::happened() {
            return Ok(None);
        }
    }
    let Event::Key(KeyEvent {
        code,
        modifiers,
        kind: KeyEventKind::Press | KeyEventKind::Repeat,
        ..
    }) = event::read()?
    else {
        return Ok(Some(Key::Other));
    };
    let control = modifiers.contains(KeyModifiers::CONTROL);
    Ok(match code {
        KeyCode::Char('c' | 'd') if control => None,
        KeyCode::Char('q') | KeyCode::Esc => None,
        KeyCode::Right | KeyCode::Down | KeyCode::Char(' ' | 'l' | 'j') => Some(Key::Forward),
        KeyCode::Left | KeyCode::Up | KeyCode::Char('h' | 'k') => Some(Key::Back),
        KeyCode::Home | KeyCode::Char('g') => Some(Key::First),
        KeyCode::End | KeyCode::Char('G') => Some(Key::Last),
        _ => Some(Key::Other),
    })
}

/// A screen of its own; the terminal is as it was when this is dropped.
struct Screen(Stdout);

impl Screen {
    fn enter() -> io::Result<Screen> {
        terminal::enable_raw_mode()?;
        let mut screen = Screen(io::stdout());
        execute!(
            screen.0,
            terminal::EnterAlternateScreen,
            terminal::DisableLineWrap,
            cursor::Hide
        )?;
        Ok(screen)
    }

    /// Draws the heads, as many of the last rows as fit and, at the end, the closing sentences.
    fn draw(&mut self, trace: &Trace, shown: usize, options: Options<'_>) -> io::Result<()> {
        let last = trace.steps.len();
        let mut part = trace.clone();
        part.steps.truncate(shown);
        let (columns, lines) = terminal::size()?;
        let width = usize::from(columns);
        let Parts {
            heads,
            rows,
            closing,
        } = chart::parts(&part, Options { width, ..options });
        // What the whole comes to is not known before the end.
        let closing = if shown == last {
            closing
        } else {
            String::new()
        };
        let rows: Vec<&str> = rows.lines().collect();
        let taken = 3 + heads.lines().count() + closing.lines().count();
        let room = usize::from(lines).saturating_sub(taken).max(1);
        let hidden = rows.len().saturating_sub(room);

        let title = format!("step {shown} of {last}    {HELP}");
        let text = [&title, ""]
            .into_iter()
            .chain(heads.lines())
            .chain(rows[hidden..].iter().copied())
            .chain([""])
            .chain(closing.lines());
        queue!(
            self.0,
            terminal::Clear(terminal::ClearType::All),
            cursor::MoveTo(0, 0)
        )?;
        for (line, number) in text.zip(0..lines) {
            queue!(self.0, cursor::MoveTo(0, number), style::Print(line))?;
        }
        self.0.flush()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // Nothing more can be done for a terminal that is gone.
        drop(execute!(
            self.0,
            cursor::Show,
            terminal::EnableLineWrap,
            terminal::LeaveAlternateScreen
        ));
        drop(terminal::disable_raw_mode());
    }
}
