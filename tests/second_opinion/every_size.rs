//! Every size of the minimal model: an SMT solver proves of the encoding what stateright checks size
//! by size.
//!
//! Debian has solvers: `apt-get install z3 cvc5`. Without one the tests that need it say that they are
//! SKIPPED, and prove nothing; what is asked, and that it is what the files in
//! `models/shutdown_ordering` say, is compared all the same.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::figures;
use crate::invariant::Clause;
use crate::machine::{Connection, Fields, Next, Order, State, Who};
use crate::numbers::{Number, OneOf};
use crate::obligations::{
    Edit, GROUPS, PREMISES, Reads, SMALL, Script, actor, file, name, reachable, small_machines,
    values, values_of,
};
use crate::solver::{Error, Report, Solver, Surprise};
use crate::terms::{Bool, FromValues, Sort, ToValues, Values, value};

pub const DOCUMENT: &str = "models/trust/every-size.md";

/// Not `println!`, which the test harness keeps to itself.
fn say(text: &str) {
    writeln!(std::io::stderr(), "{text}").expect("stderr is open");
}

/// The solver's version, or what to say when the test is skipped.
pub fn version_or_skipped(solver: &Solver, test: &str) -> Result<String, String> {
    solver.version().map_err(|error| match error {
        Error::NotInstalled(why) => format!("SKIPPED {test}: {why}. Nothing is proved here."),
        Error::NoAnswer(why) => panic!("{why}"),
    })
}

/// The solver's version. Without the solver the test is skipped, and says so.
pub fn there(solver: &Solver, test: &str) -> Option<String> {
    version_or_skipped(solver, test)
        .map_err(|skipped| say(&skipped))
        .ok()
}

pub fn run(solver: &Solver, script: &Script) -> Report {
    solver.run(script).unwrap_or_else(|error| panic!("{error}"))
}

fn about(order: Order, reads: Reads) -> String {
    format!("{}, {}", name(order), reads.about())
}

fn everything() -> impl Iterator<Item = (Order, Reads)> {
    let orders = Order::ALL.into_iter();
    orders.flat_map(|order| Reads::ALL.map(|reads| (order, reads)))
}

// ---- What a counterexample looks like -----------------------------------------------------------

/// What the definitions of the script come to, given what is declared.
fn with_definitions(script: &Script, declared: &Values) -> Values {
    let mut names = declared.clone();
    for (name, term) in &script.definitions {
        let number = value(*term, &names);
        names.insert(name.clone(), number);
    }
    names
}

fn shown(sort: Sort, number: i128) -> String {
    match sort {
        Sort::Number => number.to_string(),
        Sort::Bit => ["no", "yes"][usize::from(number == 1)].to_owned(),
        Sort::OneOf(choice) => {
            let mut values = values_of(choice).filter(|(_, known)| *known == number);
            let (name, _) = values.next().expect("the solver was told the range");
            name.split('.').next_back().expect("a name").to_owned()
        }
    }
}

/// In words: the sizes, the state, and what the step makes of it.
fn counterexample(script: &Script, surprise: &Surprise) -> String {
    let obligation = &surprise.obligation;
    let Some(model) = &surprise.model else {
        return format!("{}: nothing satisfies it", obligation.title());
    };
    let names = with_definitions(script, model);
    let mut text = format!("{}: a counterexample\n ", obligation.title());
    for size in ["N", "K", "R", "M"] {
        if let Some(number) = names.get(size) {
            text += &format!(" {size}={number}");
        }
    }
    let (when, prefix) = match obligation.group {
        "start" => ("at the start", "start."),
        _ => ("before", ""),
    };
    text += &format!("\n  {when}:");
    for (name, sort, _) in script.state.fields() {
        text += &format!(" {name}={}", shown(sort, names[&format!("{prefix}{name}")]));
    }
    if let Some(who) = obligation.who {
        text += &format!("\n  the {}'s step:", actor(who));
        for (name, sort, term) in script.after[who as usize].fields() {
            let [old, new] = [names[&name], value(term, &names)];
            if old != new {
                text += &format!(" {name}={} -> {}", shown(sort, old), shown(sort, new));
            }
        }
    }
    text
}

/// All that was not as expected, in words.
pub fn surprises(script: &Script, report: &Report) -> String {
    let surprises = report.surprises.iter();
    let surprises = surprises.map(|surprise| counterexample(script, surprise));
    surprises.collect::<Vec<_>>().join("\n")
}

/// A model of a solver is looked at without the solver: it satisfies what was asserted, and the
/// machine with these numbers takes the same step.
fn confirm(script: &Script, surprise: &Surprise) {
    let text = counterexample(script, surprise);
    let names = with_definitions(script, surprise.model.as_ref().expect("a model"));
    for (assertion, bit) in surprise
        .obligation
        .assertions()
        .zip(&surprise.obligation.asserted)
    {
        assert_eq!(
            value(bit.0, &names),
            1,
            "{text}\n  does not satisfy {assertion}"
        );
    }
    let number = |name: &str| usize::try_from(names[name]).ok();
    let numbers = ["inside", "kernel", "accepted", "received"];
    if numbers.iter().any(|name| number(name).is_none()) {
        return;
    }
    let machine = with_sizes(script, |name| number(name).expect("a size"));
    let before = FromValues(&names).state(&machine.start());
    if let Some(who) = surprise.obligation.who
        && before.kernel <= machine.capacity
    {
        let after = machine.step(&before, who);
        assert_same_step(script, who, &names, &after, &text);
    }
}

fn with_sizes(script: &Script, size: impl Fn(&str) -> usize) -> Connection {
    let machine = script.machine;
    Connection {
        order: machine.order,
        response: size("N"),
        capacity: size("K"),
        chunk: Some(size("R")),
        stops_after: machine.stops_after.map(|_| size("M")),
        resets_after: machine.resets_after.map(|_| size("M")),
        everywhere: None,
    }
}

/// The formulas come to the same state as the machine.
fn assert_same_step(script: &Script, who: Who, names: &Values, after: &State, context: &str) {
    let mut expected = ToValues::default();
    expected.state(after);
    for (name, _, term) in script.after[who as usize].fields() {
        let number = value(term, names);
        assert_eq!(number, expected.0[&name], "{name} after {who:?}: {context}");
    }
}

// ---- What is proved -----------------------------------------------------------------------------

/// Every obligation of every ordering and every reader, for all sizes.
#[test]
fn every_size_is_proved() {
    let solver = Solver::z3();
    let Some(version) = there(&solver, "every_size_is_proved") else {
        return;
    };
    say(&format!("\n{version}"));
    let started = Instant::now();
    for order in Order::ALL {
        let mut groups: BTreeMap<&str, (usize, Duration)> = BTreeMap::new();
        for reads in Reads::ALL {
            let script = Script::new(order, reads);
            let report = run(&solver, &script);
            let surprises = surprises(&script, &report);
            assert!(surprises.is_empty(), "{}\n{surprises}", about(order, reads));
            for (group, (count, time)) in report.groups {
                let sum = groups.entry(group).or_default();
                sum.0 += count;
                sum.1 += time;
            }
        }
        let total: usize = groups.values().map(|(count, _)| count).sum();
        say(&format!(
            "{}: {total} obligations, as expected",
            name(order)
        ));
        for (group, sentence) in GROUPS.iter().chain([&PREMISES]) {
            if let Some((count, time)) = groups.get(group) {
                let seconds = time.as_secs_f64();
                say(&format!(
                    "  {count:>4} in {seconds:.2} s  {group}: {sentence}"
                ));
            }
        }
        assert_eq!(
            total,
            counts(order).values().sum::<usize>(),
            "all were asked"
        );
    }
    say(&format!("{:.1} s in all", started.elapsed().as_secs_f64()));
}

fn counts(order: Order) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for reads in Reads::ALL {
        for obligation in Script::new(order, reads).obligations() {
            *counts.entry(obligation.group).or_default() += 1;
        }
    }
    counts
}

fn path(order: Order) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    let root = root.expect("models/ lies in the repository");
    root.join(format!("models/shutdown_ordering/{}.smt2", name(order)))
}

/// The files that anybody can give to a solver are what the encoding generates.
#[test]
fn the_files_are_what_the_encoding_generates() {
    for order in Order::ALL {
        let (path, text) = (path(order), file(order));
        if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
            std::fs::write(&path, &text).expect("a place for it");
        }
        let there = std::fs::read_to_string(&path).unwrap_or_default();
        let path = path.display();
        assert!(
            there == text,
            "{path} is out of date; UPDATE_DOCUMENTS=1 writes it"
        );
    }
}

/// So many obligations in each group, and so many cases.
#[test]
fn the_document_shows_what_is_proved() {
    let counts = Order::ALL.map(counts);
    for (group, sentence) in GROUPS.iter().chain([&PREMISES]) {
        let row = counts.each_ref().map(|counts| match counts.get(group) {
            Some(count) => count.to_string(),
            None => "none".to_owned(),
        });
        figures::compare(DOCUMENT, &format!("{group}: {sentence}"), &row);
    }
    let totals = counts.map(|counts| counts.values().sum::<usize>().to_string());
    figures::compare(DOCUMENT, "all", &totals);
    let small = [SMALL; 3].map(|size| size.to_string());
    figures::compare(DOCUMENT, "small sizes: N, K, R and M up to", &small);
    let cases = Order::ALL.map(|order| {
        let cases = Reads::ALL.map(|reads| {
            let script = Script::new(order, reads);
            format!("{} of {}", script.cases.taken.len(), script.cases.all.len())
        });
        cases.join(", ")
    });
    let name =
        "ways to compare that steps at small sizes take, of all that are written, for each reader";
    figures::compare(DOCUMENT, name, &cases);
}

/// The files themselves, given to every solver that is there: each answer as the file has it.
#[test]
fn every_solver_says_the_same_of_the_files() {
    for solver in [Solver::z3(), Solver::cvc5()] {
        let Some(version) = there(&solver, "every_solver_says_the_same_of_the_files") else {
            continue;
        };
        for order in Order::ALL {
            let scripts = Reads::ALL.map(|reads| Script::new(order, reads));
            let obligations = scripts.iter().flat_map(Script::obligations);
            let expected = obligations.map(|obligation| {
                format!("{}\n{}", obligation.title(), obligation.expected.word())
            });
            let expected: Vec<_> = expected.collect();
            let answers = solver
                .read(&path(order))
                .unwrap_or_else(|error| panic!("{error}"));
            // cvc5 repeats what it echoes in quotes.
            assert_eq!(
                answers.replace('"', "").trim_end(),
                expected.join("\n"),
                "{version}"
            );
        }
    }
}

// ---- What ties the formulas to the machine ------------------------------------------------------

/// Without any solver: with numbers in the place of the names, the formulas come to what the machine
/// does, and to what the invariant, the properties and the measure say. In every state that is
/// reachable at a small size, and in every state of some sizes, reachable or not.
#[test]
fn the_formulas_say_what_the_machine_does() {
    for (order, reads) in everything() {
        let script = Script::new(order, reads);
        let properties = script.machine.properties_of_states(&script.state);
        let mut compared = 0;
        let small = |machine: &Connection| machine.response <= 3 && machine.capacity <= 3;
        for machine in small_machines(order, reads).into_iter().filter(small) {
            let mut states = reachable(&machine);
            if reads == Reads::ToTheEnd && machine.response + machine.capacity <= 4 {
                states.extend(machine.states_with_invariant(order));
            }
            for state in states {
                let names = with_definitions(&script, &values(&machine, &state));
                let is = |name: &str| names[name] == 1;
                assert!(
                    is("invariant") && machine.invariant(order, &state),
                    "{machine:?} {state:?}"
                );
                for clause in machine.clauses(order, &state) {
                    assert_eq!(
                        is(clause.name),
                        clause.holds,
                        "{}: {machine:?} {state:?}",
                        clause.name
                    );
                }
                for (term, property) in properties.iter().zip(machine.properties_of_states(&state))
                {
                    assert_eq!(term.name, property.name);
                    assert_eq!(value(term.holds.0, &names) == 1, property.holds);
                }
                let measure = |prefix: &str| {
                    ["bytes-to-go", "calls-to-go"].map(|name| names[&format!("{prefix}{name}")])
                };
                let numbers = |state: &State| {
                    let (bytes, calls) = machine.measure(state);
                    [bytes as i128, calls as i128]
                };
                assert_eq!(measure(""), numbers(&state));
                for who in Who::ALL {
                    assert_eq!(
                        is(&format!("{}-can-move", actor(who))),
                        state.task(who).can_move()
                    );
                    if state.task(who).can_move() {
                        let after = machine.step(&state, who);
                        assert_same_step(
                            &script,
                            who,
                            &names,
                            &after,
                            &format!("{machine:?} {state:?}"),
                        );
                        assert_eq!(measure(&format!("after-{}.", actor(who))), numbers(&after));
                        compared += 1;
                    }
                }
            }
        }
        println!("{}: {compared} steps compared", about(order, reads));
        assert!(compared > 1_000);
    }
}

// ---- What would be noticed ----------------------------------------------------------------------

/// A wrong invariant, and where it fails.
struct Wrong {
    about: &'static str,
    order: Order,
    of: Order,
    reads: Reads,
    edit: &'static Edit<'static>,
    /// The obligation that has a counterexample.
    fails: &'static str,
}

fn keep(clauses: Vec<Clause<Bool>>, names: &[&str]) -> Vec<Clause<Bool>> {
    let mut clauses = clauses;
    clauses.retain(|clause| names.contains(&clause.name));
    clauses
}

fn and(mut clauses: Vec<Clause<Bool>>, name: &'static str, holds: Bool) -> Vec<Clause<Bool>> {
    clauses.push(Clause {
        name,
        sentence: "Wrong.",
        holds,
    });
    clauses
}

const WRONG: [Wrong; 8] = [
    Wrong {
        about: "the original ordering has the invariant of the repair",
        order: Order::Original,
        of: Order::Fixed,
        reads: Reads::ToTheEnd,
        edit: &|_, _, clauses| clauses,
        fails: "step: dispatcher: shuts-down-when-empty",
    },
    Wrong {
        about: "the original ordering leaves nothing inside",
        order: Order::Original,
        of: Order::Original,
        reads: Reads::ToTheEnd,
        edit: &|_, s, clauses| and(clauses, "nothing-left", !s.shut | s.inside.is_zero()),
        fails: "step: dispatcher: nothing-left",
    },
    Wrong {
        about: "the kernel is never full",
        order: Order::Fixed,
        of: Order::Fixed,
        reads: Reads::ToTheEnd,
        edit: &|m, s, clauses| and(clauses, "never-full", !m.capacity.at_most(s.kernel)),
        fails: "step: dispatcher: never-full",
    },
    Wrong {
        about: "the kernel is full at the start",
        order: Order::ReadGated,
        of: Order::ReadGated,
        reads: Reads::ToTheEnd,
        edit: &|m, s, clauses| and(clauses, "full", s.kernel.equals(m.capacity)),
        fails: "start: full",
    },
    Wrong {
        about: "the dispatcher never waits",
        order: Order::Fixed,
        of: Order::Fixed,
        reads: Reads::Stops,
        edit: &|_, s, clauses| {
            and(
                clauses,
                "never-waits",
                !s.dispatcher.mode.is(crate::machine::Mode::Waiting),
            )
        },
        fails: "step: dispatcher: never-waits",
    },
    Wrong {
        about: "a reset finds the kernel empty",
        order: Order::Fixed,
        of: Order::Fixed,
        reads: Reads::Resets,
        edit: &|_, s, clauses| {
            and(
                clauses,
                "nothing-discarded",
                s.accepted.equals(s.received + s.kernel),
            )
        },
        fails: "step: reader: nothing-discarded",
    },
    Wrong {
        about: "the sums are enough",
        order: Order::Fixed,
        of: Order::Fixed,
        reads: Reads::ToTheEnd,
        edit: &|_, _, clauses| {
            keep(
                clauses,
                &[
                    "natural",
                    "kernel-fits",
                    "nothing-made-up",
                    "nothing-forgotten",
                ],
            )
        },
        fails: "properties: nothing-truncated",
    },
    Wrong {
        about: "nothing satisfies it",
        order: Order::Fixed,
        of: Order::Fixed,
        reads: Reads::ToTheEnd,
        edit: &|_, s, clauses| {
            and(
                clauses,
                "impossible",
                s.next.is(Next::Write) & s.inside.is_zero(),
            )
        },
        fails: "premises: an execution has ended",
    },
];

#[test]
fn wrong_invariants_have_counterexamples() {
    let solver = Solver::z3();
    if there(&solver, "wrong_invariants_have_counterexamples").is_none() {
        return;
    }
    for wrong in WRONG {
        let script = Script::new(wrong.order, wrong.reads).edited(wrong.of, wrong.edit);
        let report = run(&solver, &script);
        let mut surprises = report.surprises.iter();
        let found = surprises.find(|surprise| surprise.obligation.title() == wrong.fails);
        let found = found.unwrap_or_else(|| {
            let titles = report
                .surprises
                .iter()
                .map(|surprise| surprise.obligation.title());
            panic!(
                "{}: not {}, but {:?}",
                wrong.about,
                wrong.fails,
                titles.collect::<Vec<_>>()
            )
        });
        println!(
            "\n\"{}\" is wrong:\n{}",
            wrong.about,
            counterexample(&script, found)
        );
        if found.model.is_some() {
            confirm(&script, found);
        }
    }
}

/// Without any one of its clauses the invariant no longer holds together, for one reader at least.
#[test]
fn every_clause_matters() {
    let solver = Solver::z3();
    if there(&solver, "every_clause_matters").is_none() {
        return;
    }
    // The other repair has the same steps and the same invariant.
    for order in [Order::Original, Order::Fixed] {
        let mut needed: BTreeMap<&str, usize> = BTreeMap::new();
        for reads in Reads::ALL {
            let whole = Script::new(order, reads);
            for clause in whole.machine.clauses(order, &whole.state) {
                let name = clause.name;
                let script = whole.edited(order, &|_, _, mut clauses| {
                    clauses.retain(|clause| clause.name != name);
                    clauses
                });
                let report = run(&solver, &script);
                for surprise in &report.surprises {
                    confirm(&script, surprise);
                }
                *needed.entry(name).or_default() += report.surprises.len();
            }
        }
        println!("{}: {needed:?}", name(order));
        let idle: Vec<_> = needed.iter().filter(|(_, count)| **count == 0).collect();
        assert!(idle.is_empty(), "{}: nothing needs {idle:?}", name(order));
    }
}
