//! The few marks of a chart on a terminal.

/// How text is marked: a sequence for the terminal, or none.
#[derive(Clone, Copy)]
pub(super) struct Style(&'static str);

impl Style {
    pub(super) fn apply_to(self, text: &str) -> String {
        match self.0 {
            "" => text.to_owned(),
            mark => format!("{mark}{text}\x1b[0m"),
        }
    }
}

pub(super) struct Palette {
    pub(super) head: Style,
    pub(super) faint: Style,
    pub(super) broken: Style,
    pub(super) flow: Style,
    pub(super) plain: Style,
}

impl Palette {
    /// The caller has decided about colour; what the process's own output is does not matter.
    pub(super) fn new(colour: bool) -> Palette {
        let style = |mark| Style(if colour { mark } else { "" });
        Palette {
            head: style("\x1b[1m"),
            faint: style("\x1b[2m"),
            broken: style("\x1b[31m\x1b[1m"),
            flow: style("\x1b[36m"),
            plain: Style(""),
        }
    }
}
