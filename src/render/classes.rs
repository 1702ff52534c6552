//! What the failures of a sweep mean, by the classes that its model defines.

use super::visible;
use crate::check::claim::{Meaning, Reference};
use crate::check::sweep::{Class, Swept};
use crate::trace::property::Property;

/// A class of failures, or those that no rule classifies, with how many there are of each property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Counted<'a> {
    pub(crate) class: Option<&'a Class>,
    pub(crate) failures: Vec<(Property, usize)>,
}

impl Counted<'_> {
    /// How many there are.
    pub(crate) fn total(&self) -> usize {
        self.failures.iter().map(|(_, n)| n).sum()
    }

    /// How many there are of each property, in words.
    pub(crate) fn in_words(&self) -> String {
        let each = self
            .failures
            .iter()
            .map(|(property, n)| format!("{property} {n}"));
        each.collect::<Vec<_>>().join(", ")
    }
}

/// The classes that have failures, grouped by meaning; after them the failures that are not classified.
pub(crate) fn counted(swept: &Swept) -> Vec<Counted<'_>> {
    let failures = swept.failures();
    let meanings = Meaning::ALL.iter();
    let in_order = meanings.flat_map(|meaning| {
        let classes = swept.classes.iter();
        classes
            .filter(move |class| class.meaning == *meaning)
            .map(Some)
    });
    let counted = in_order.chain([None]).map(|wanted| {
        let count = |property: Property| {
            let of_class = failures
                .iter()
                .filter(|(_, p, class)| *p == property && *class == wanted);
            (property, of_class.count())
        };
        let each = Property::ALL.map(count).into_iter();
        Counted {
            class: wanted,
            failures: each.filter(|(_, n)| *n > 0).collect(),
        }
    });
    counted.filter(|counted| counted.total() > 0).collect()
}

/// What the failures of a subject mean, in sentences.
pub(crate) fn sentences(swept: &Swept) -> Vec<String> {
    let Some(subject) = &swept.classified else {
        return Vec::new();
    };
    let counted = counted(swept);
    let by_meaning = |meaning: Option<Meaning>| {
        let of_it = counted
            .iter()
            .filter(|c| c.class.map(|class| class.meaning) == meaning);
        of_it.map(Counted::total).sum::<usize>()
    };
    let mut told: Vec<_> = Meaning::ALL
        .iter()
        .map(|meaning| format!("{meaning}: {}", by_meaning(Some(*meaning))))
        .collect();
    let open = by_meaning(None);
    if open > 0 {
        told.push(format!("not classified: {open}"));
    }
    vec![format!(
        "What fails at {}, by scenario and property: {}.",
        visible(subject),
        told.join(", ")
    )]
}

/// The sentences of [`sentences`], and one for each class.
pub(crate) fn explained(swept: &Swept) -> Vec<String> {
    let mut sentences = sentences(swept);
    for counted in counted(swept) {
        let what = counted.class.map_or_else(
            || "Not classified.".to_owned(),
            |class| format!("{}: {}", class.meaning, class.reason),
        );
        sentences.push(format!("{} Failures: {}.", what, counted.in_words()));
    }
    sentences
}

/// The classes as a table in Markdown.
pub(crate) fn markdown(swept: &Swept) -> String {
    let Some(subject) = &swept.classified else {
        return String::new();
    };
    let mut text = format!(
        "\nWhat fails at {subject}, by scenario and property, is classified by rules over scenarios and \
         properties (models/{}/classes.rs):\n\n| meaning | why | said in | failures |\n|---|---|---|---|\n",
        swept.model
    );
    for counted in counted(swept) {
        let link = |r: &Reference| format!("[{}]({})", r.name, r.link);
        let (meaning, reason, links) = match counted.class {
            Some(class) => (
                class.meaning.to_string(),
                class.reason.as_str(),
                class
                    .references
                    .iter()
                    .map(link)
                    .collect::<Vec<_>>()
                    .join(", "),
            ),
            None => ("**not classified**".to_owned(), "", String::new()),
        };
        let (total, each) = (counted.total(), counted.in_words());
        text += &format!("| {meaning} | {reason} | {links} | {total}: {each} |\n");
    }
    text
}
