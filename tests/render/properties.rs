//! What holds of every view, whatever it is given.

use crate::fixtures::HOSTILE;
use lastbyte::check::results::Counterexample;
use lastbyte::render::chart::{self, Options};
use lastbyte::render::transcript::{self, Caption};
use lastbyte::render::{
    comparison, explain, jsonl, junit, markdown, mermaid, report, svg, sweep, table,
};
use lastbyte::trace::{ActorId, Event, Levels, Step};
use lastbyte::{Property, Trace};
use proptest::prelude::*;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(HOSTILE.to_owned()),
        Just(String::new()),
        any::<String>()
    ]
}

fn level() -> impl Strategy<Value = usize> {
    prop_oneof![0..9usize, 0..300_000usize, any::<usize>()]
}

fn actor() -> impl Strategy<Value = ActorId> {
    (0..6u8).prop_map(ActorId)
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        Just(Event::Poll),
        (level(), level()).prop_map(|(offered, accepted)| Event::Write { offered, accepted }),
        level().prop_map(|offered| Event::WritePending { offered }),
        (0..9_usize, text()).prop_map(|(offered, error)| Event::WriteFailed { offered, error }),
        Just(Event::Flush),
        Just(Event::FlushPending),
        Just(Event::Shutdown),
        text().prop_map(|error| Event::ShutdownFailed { error }),
        Just(Event::Close),
        level().prop_map(|bytes| Event::Input { bytes }),
        Just(Event::InputPending),
        level().prop_map(|bytes| Event::Read { bytes }),
        Just(Event::ReadPending),
        Just(Event::Eof),
        Just(Event::Reset),
        text().prop_map(|step| Event::Script { step }),
        text().prop_map(|item| Event::Feed { item }),
        actor().prop_map(|actor| Event::Wake { actor }),
        Just(Event::Park),
        proptest::option::of(text()).prop_map(|error| Event::Ended { error }),
        text().prop_map(|message| Event::Panicked { message }),
        text().prop_map(|text| Event::Note { text }),
    ]
}

prop_compose! {
    fn step()(
        actor in actor(),
        event in event(),
        (inside, kernel, received) in (level(), level(), level()),
    ) -> Step {
        let levels = Levels { inside, owed: inside, kernel, received, ..Levels::default() };
        Step { actor, event, levels, begins: false, socket: 0, beside: Vec::new() }
    }
}

prop_compose! {
    fn trace()(
        actors in proptest::collection::vec(text(), 0..6),
        capacity in level(),
        steps in proptest::collection::vec(step(), 0..40),
        broken_at in proptest::option::of(0..60usize),
    ) -> Trace {
        let schedule = steps.iter().map(|step| step.actor).collect();
        Trace { actors, capacity, steps, schedule, broken_at, ..Trace::default() }
    }
}

fn property() -> impl Strategy<Value = Property> {
    proptest::sample::select(Property::ALL.to_vec())
}

/// No character that acts on a terminal, but for the line breaks.
fn is_harmless(text: &str) -> bool {
    text.chars()
        .all(|c| c == '\n' || (!c.is_control() && c != '\u{202e}'))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn charts_keep_to_their_width(
        trace in trace(), property in property(), replay in text(), width in 0..200usize,
    ) {
        let caption = Caption { property, replay: &replay };
        let chart = chart::text(&trace, Options { width, colour: false, caption });
        prop_assert!(is_harmless(&chart));
        let width = width.max(72);
        // A word of a command stays whole.
        let (all_but_the_command, _) = chart.rsplit_once("\nreplay:").expect("its end");
        for line in all_but_the_command.lines() {
            prop_assert!(textwrap::core::display_width(line) <= width, "{line}");
        }
    }

    #[test]
    fn colour_changes_nothing_else(trace in trace(), property in property()) {
        let caption = Caption { property, replay: "replay" };
        let options = Options { width: 100, colour: false, caption };
        let coloured = chart::text(&trace, Options { colour: true, ..options });
        prop_assert_eq!(strip_colour(&coloured), chart::text(&trace, options));
    }

    #[test]
    fn beats_tell_every_step(trace in trace()) {
        let lines = transcript::lines(&trace);
        let mut next = 1;
        for line in &lines {
            prop_assert_eq!(line.first, next);
            prop_assert!(line.last >= line.first);
            prop_assert!(is_harmless(&line.text) && !line.text.contains('\n'));
            prop_assert_eq!(line.levels, trace.steps[line.last - 1].levels);
            next = line.last + 1;
        }
        prop_assert_eq!(next, trace.steps.len() + 1);
        let marked = lines.iter().filter(|line| line.broken).count();
        prop_assert_eq!(marked, usize::from(transcript::unavoidable(&trace).is_some()));
    }

    #[test]
    fn json_lines_hold_every_step(trace in trace(), property in property(), replay in text()) {
        let lines = jsonl::lines(&trace, Caption { property, replay: &replay });
        prop_assert!(is_harmless(&lines));
        let values: Vec<serde_json::Value> =
            lines.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
        prop_assert_eq!(values.len(), trace.steps.len() + 2);
        for (line, step) in values[1..].iter().zip(&trace.steps) {
            let again: Step = serde_json::from_value(line.clone()).expect("a step");
            prop_assert_eq!(&again, step);
        }
        prop_assert_eq!(&values[values.len() - 1]["replay"], &replay);
    }

    #[test]
    fn mermaid_has_only_its_own_markup(trace in trace(), property in property(), replay in text()) {
        let diagram = mermaid::sequence(&trace, Caption { property, replay: &replay });
        prop_assert!(is_harmless(&diagram));
        prop_assert!(!diagram.contains(['<', '`', '"', '&']));
    }

    #[test]
    fn svg_is_well_formed(trace in trace(), property in property(), replay in text()) {
        let picture = svg::sequence(&trace, Caption { property, replay: &replay });
        prop_assert!(is_harmless(&picture));
        let mut reader = quick_xml::Reader::from_str(&picture);
        let mut elements = 0;
        loop {
            use quick_xml::events::Event::{Empty, Eof, Start};
            match reader.read_event().expect(&picture) {
                Eof => break,
                Start(element) | Empty(element) => {
                    elements += 1;
                    let known: [&[u8]; 7] =
                        [b"svg", b"title", b"desc", b"style", b"rect", b"text", b"path"];
                    prop_assert!(known.contains(&element.name().as_ref()));
                }
                _ => {}
            }
        }
        prop_assert!(elements > trace.steps.len() / 2);
    }

    #[test]
    fn documents_escape_every_name(
        names in proptest::collection::vec(text(), 7),
        property in property(),
        trace in trace(),
    ) {
        let mut results = crate::fixtures::results();
        results.lastbyte = names[0].clone();
        for row in &mut results.rows {
            row.id = crate::fixtures::named(&names[1]);
            row.model = names[2].clone();
            row.subject = names[3].clone();
            row.version = Some(names[4].clone());
            row.scenario = names[5].clone();
            row.sentence = names[6].clone();
            row.property = property;
            row.counterexample = Some(Counterexample { instance: crate::fixtures::named(&names[0]), trace: trace.clone() });
        }
        for compared in &mut results.comparisons {
            compared.id = crate::fixtures::named(&names[0]);
            compared.family = names[1].clone();
            compared.subjects = [names[2].clone(), names[3].clone()];
            compared.scenarios = vec![names[4].clone()];
            compared.deviation = Some((names[5].clone(), names[6].clone()));
            compared.differences = vec![names[6].clone()];
            compared.executions = [u64::MAX; 2];
            let largest = lastbyte::check::Size { states: u64::MAX, transitions: u64::MAX };
            compared.explored = [largest; 2];
            compared.automata = [largest; 2];
            compared.sequences = [u64::MAX; 2];
        }
        for swept in &mut results.sweeps {
            swept.model = names[0].clone();
            swept.subjects[0] = names[1].clone();
            swept.left_out[0].what = names[2].clone();
            swept.left_out[0].why = names[3].clone();
            swept.not_applicable[0] = (names[1].clone(), names[4].clone());
            for instance in &mut swept.instances {
                instance.subject = names[1].clone();
                instance.scenario = names[5].clone();
                instance.executions = u64::MAX;
                instance.refuted.insert(property, usize::MAX);
            }
        }
        for figures in &mut results.figures {
            figures.title = names[0].clone();
            figures.about = names[1].clone();
            figures.command = names[2].clone();
            figures.columns[0] = names[3].clone();
            figures.rows[0] = vec![names[4].clone()];
        }
        let page = report::html(&results);
        prop_assert!(is_harmless(&page));
        prop_assert_eq!(page.matches("<script").count(), 2);
        prop_assert_eq!(page.matches("</script").count(), 2);
        prop_assert!(!page.contains("<img"));
        let summary = markdown::summary(&results);
        prop_assert!(is_harmless(&summary) && !summary.contains("<img"));
        prop_assert!(is_harmless(&explain::sentences(&results.rows[0], &results)));
        prop_assert!(is_harmless(&comparison::explained(&results.comparisons[0])));
        prop_assert!(is_harmless(&sweep::explained(&results.sweeps[0])));
        let xml = junit::xml(&results);
        prop_assert!(is_harmless(&xml));
        let mut reader = quick_xml::Reader::from_str(&xml);
        while !matches!(reader.read_event().expect(&xml), quick_xml::events::Event::Eof) {}
    }

    #[test]
    fn tables_keep_to_their_width(names in proptest::collection::vec(text(), 4), width in 72..140usize) {
        let mut results = crate::fixtures::results();
        for row in &mut results.rows {
            row.model = names[0].clone();
            row.subject = names[1].clone();
            row.scenario = names[2].clone();
            row.version = Some(names[3].clone());
        }
        let text = table::table(&results, width);
        prop_assert!(is_harmless(&text));
        for line in text.lines() {
            prop_assert!(textwrap::core::display_width(line) <= width, "{line}");
        }
    }
}

fn strip_colour(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').expect("a colour ends").1;
    }
    plain + rest
}
