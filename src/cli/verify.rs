//! `cargo verify`: every claim, in as many processes as there are processors.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use indicatif::{HumanCount, ProgressBar, ProgressStyle};

use super::args::{Format, Verify};
use super::{Exit, interrupt, print, rate, real, width};
use crate::check::comparison::Compared;
use crate::check::recording;
use crate::check::registry::Registry;
use crate::check::results::{Results, Row};
use crate::check::runner::{Explored, Meter, Pool, SILENCE, Unit};
use crate::check::selection::Selection;
use crate::check::sweep::sweep_id;
use crate::check::sweep::{Swept, SweptInstance};
use crate::error::Misuse;
use crate::render::documents;
use crate::render::{count, junit, markdown, report, table};
use crate::trace::verdict::{Cut, Exploration, Verdict};

/// The command that explores.
pub(crate) const COMMAND: &str = "cargo verify";

pub(super) fn run(
    registry: &Registry,
    arguments: &Verify,
    out: &mut dyn Write,
) -> Result<Exit, Misuse> {
    let documents = arguments.update.as_ref().or(arguments.check.as_ref());
    let is_part = !arguments.only.is_empty() || arguments.shard.is_some();
    if is_part && documents.is_some_and(Vec::is_empty) {
        return Err(Misuse(
            "a part of the models cannot update all documents; accepted with --only and --shard \
             are --update FILE and --check FILE"
                .to_owned(),
        ));
    }
    if let Some(versions) = &arguments.real {
        return real(registry, versions, arguments, out);
    }
    let all = Selection::all(registry);
    let not_selected = all.claims.len();
    let selection = select(all, &arguments.only)?;
    if arguments.list {
        print(out, &list(registry, &selection))?;
        return Ok(Exit::Fine);
    }
    let (selected, beside) = (selection.claims.len(), selection.beside());
    let identities = selection.identities();
    let selection = match arguments.shard {
        None => selection,
        Some(shard) => selection.slice(shard.index, shard.count),
    };
    for directory in arguments.save.iter().chain(&arguments.report) {
        check_directory(directory)?;
    }
    let started = Instant::now();
    let explored = explore(&selection, arguments.jobs, arguments.max_seconds)?;
    let cut = cut(arguments.max_seconds, started.elapsed());
    let results = Results {
        shard: arguments.shard.map(|shard| (shard.index, shard.count)),
        selected,
        not_selected: not_selected - selection.claims.len(),
        selected_beside: beside,
        identities,
        ..collect(&selection, &explored, cut)
    };
    let results = results.with_figures(registry);
    show(&results, arguments.format, arguments.report.as_deref(), out)?;
    if arguments.format == Format::Text {
        let seconds = started.elapsed().as_secs_f64();
        print(out, &format!("{seconds:.1} s in all\n"))?;
    }
    if let Some(directory) = &arguments.save {
        recording::save(directory, &results).map_err(|error| cannot_write(directory, &error))?;
    }
    document(arguments, &results)
}

/// `cargo verify --real`: other versions, each in a program of its own.
fn real(
    registry: &Registry,
    versions: &[String],
    arguments: &Verify,
    out: &mut dyn Write,
) -> Result<Exit, Misuse> {
    for directory in arguments.save.iter().chain(&arguments.report) {
        check_directory(directory)?;
    }
    let mut passed_on = Vec::new();
    for filter in &arguments.only {
        passed_on.extend(["--only".to_owned(), filter.clone()]);
    }
    if let Some(seconds) = arguments.max_seconds {
        passed_on.extend(["--max-seconds".to_owned(), seconds.to_string()]);
    }
    if let Some(jobs) = arguments.jobs {
        passed_on.extend(["--jobs".to_owned(), jobs.to_string()]);
    }
    let results = real::run(versions, &passed_on)?.with_figures(registry);
    show(&results, arguments.format, arguments.report.as_deref(), out)?;
    if let Some(directory) = &arguments.save {
        recording::save(directory, &results).map_err(|error| cannot_write(directory, &error))?;
    }
    let exit = document(arguments, &results)?;
    Ok(match exit {
        Exit::Fine if !results.not_run.is_empty() && !arguments.allow_missing => Exit::CutOff,
        exit => exit,
    })
}

/// Prints the results, and writes the report if one is wanted.
pub(super) fn show(
    results: &Results,
    format: Format,
    report: Option<&Path>,
    out: &mut dyn Write,
) -> Result<(), Misuse> {
    let text = match format {
        Format::Json => {
            let json = serde_json::to_string_pretty(results).expect("results are plain data");
            format!("{json}\n")
        }
        Format::Text => table::table(results, width()),
        Format::Junit => junit::xml(results),
        Format::Markdown => markdown::summary(results),
    };
    print(out, &text)?;
    if let Some(directory) = report {
        report::write(directory, results).map_err(|error| cannot_write(directory, &error))?;
    }
    Ok(())
}

pub(super) fn cannot_write(path: &Path, error: &std::io::Error) -> Misuse {
    Misuse(format!(
        "cannot write {}: {error}; accepted is a directory",
        path.display()
    ))
}

/// Finds out before the exploration whether its results can be written.
pub(super) fn check_directory(directory: &Path) -> Result<(), Misuse> {
    let probe = directory.join(".partial");
    std::fs::create_dir_all(directory)
        .and_then(|()| std::fs::write(&probe, ""))
        .and_then(|()| std::fs::remove_file(&probe))
        .map_err(|error| cannot_write(directory, &error))
}

/// Writes or compares the generated parts of documents, if that is wanted.
fn document(arguments: &Verify, results: &Results) -> Result<Exit, Misuse> {
    let exit = exit(results);
    let named = arguments.update.as_ref().or(arguments.check.as_ref());
    // A document keeps what it has until everything in a run comes to its end.
    let Some(named) = named.filter(|_| results.complete && !is_open(results)) else {
        if named.is_some() {
            let line =
                "no document is written or compared: something was not explored to its end\n";
            drop(std::io::stderr().write_all(line.as_bytes()));
        }
        return Ok(exit);
    };
    let here = Path::new(".");
    let paths = match &named[..] {
        [] => below(here).map_err(|error| Misuse(format!("cannot look for documents: {error}")))?,
        named => named.to_vec(),
    };
    let mut places = 0;
    let mut differs = false;
    for path in paths {
        let shown = path.strip_prefix(here).unwrap_or(&path).display();
        let failed = |error| Misuse(format!("cannot update {shown}: {error}"));
        let document = std::fs::read_to_string(&path).map_err(failed)?;
        let Some(updated) = documents::fill(&document, results) else {
            if named.is_empty() {
                continue;
            }
            return Err(no_place(&shown.to_string()));
        };
        places += 1;
        let line = match (updated == document, arguments.update.is_some()) {
            (true, _) => continue,
            (false, true) => {
                crate::files::write_whole(&path, &updated).map_err(failed)?;
                format!("{shown} is written anew\n")
            }
            (false, false) => {
                differs = true;
                format!("{shown} is out of date; --update writes it\n")
            }
        };
        // Without stderr there is nobody to tell.
        drop(std::io::stderr().write_all(line.as_bytes()));
    }
    if places == 0 {
        return Err(no_place("no document below this folder"));
    }
    Ok(if differs { Exit::Differs } else { exit })
}

fn no_place(what: &str) -> Misuse {
    let part = documents::open("NAME");
    Misuse(format!(
        "{what} has a part that this run knows all of; accepted is {part} with the name {}, {}, {} \
         or that of a sweep",
        documents::VERDICTS,
        documents::SUMMARY,
        documents::COMPARISONS
    ))
}

/// The Markdown files below a folder, but for what is hidden or built.
fn below(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if name.starts_with('.') || name == "target" {
            continue;
        }
        // What a link leads to lies elsewhere, or is found there.
        let kind = entry.file_type()?;
        if kind.is_dir() {
            found.extend(below(&path)?);
        } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn select(all: Selection, filters: &[String]) -> Result<Selection, Misuse> {
    all.only(filters).map_err(|filter| {
        Misuse(format!(
            "nothing matches --only {filter}; accepted is a part of an id, subject, version, \
             scenario or property as `{COMMAND} --list` shows them"
        ))
    })
}

fn list(registry: &Registry, selection: &Selection) -> String {
    let mut text = String::new();
    for model in registry.models() {
        text += &format!("{}: {}\n", model.name, model.about);
        let claims = selection.claims.iter();
        for claim in claims.filter(|claim| claim.model() == model.name) {
            let (id, expected, instances) = (claim.id(), claim.expected, claim.instances.len());
            let plural = if instances == 1 {
                "instance"
            } else {
                "instances"
            };
            text += &format!(
                "  {id}  {} {expected}, {instances} {plural}\n",
                claim.property
            );
        }
        let sweeps = selection.sweeps.iter();
        for (name, sweep) in sweeps.filter(|(name, _)| name == model.name) {
            let (id, instances) = (sweep_id(name), sweep.instances.len());
            text += &format!("  {id}  every combination, {instances} instances\n");
        }
        let comparisons = selection.comparisons.iter();
        for comparison in comparisons.filter(|c| c.pairs[0][0].model() == model.name) {
            let (id, like) = (comparison.id(), comparison.pairs[0][1].subject());
            let environments = count(comparison.pairs.len(), "environment");
            text += &format!("  {id}  the same as {like}, {environments}\n");
        }
        for subject in (model.subjects)() {
            text += &format!("  --subject {}  {}\n", subject.name, subject.about);
        }
    }
    text
}

pub(super) fn explore(
    selection: &Selection,
    jobs: Option<u64>,
    max_seconds: Option<u64>,
) -> Result<Explored, Misuse> {
    let failed = |what: &str, error: &dyn std::fmt::Display| Misuse(format!("{what}: {error}"));
    let units = Unit::all(selection);
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let pool = Pool {
        program: std::env::current_exe().map_err(|e| failed("cannot find this program", &e))?,
        jobs: jobs.map_or(processors, |jobs| jobs as usize),
        deadline: max_seconds.map(|s| Instant::now() + Duration::from_secs(s)),
        silence: SILENCE,
    };
    let meter = Meter::default();
    interrupt::note()?;
    std::thread::scope(|scope| {
        let shown = scope.spawn(|| watch(&meter, units.len() as u64));
        let explored = pool.explore(&units, &meter);
        meter.stop.store(true, Ordering::Relaxed);
        drop(shown.join());
        explored.map_err(|error| failed("cannot start a process that explores", &error))
    })
}

/// Shows how far it is until it is told to stop: a bar on a terminal; elsewhere a line after the
/// first instance, and then now and then.
fn watch(meter: &Meter, instances: u64) {
    let bar = ProgressBar::new(instances);
    let style = "{bar:30} {pos}/{len} instances  {msg}";
    bar.set_style(ProgressStyle::with_template(style).expect("the template is constant"));
    let started = Instant::now();
    let plain = !std::io::stderr().is_terminal();
    let mut said = None;
    while !meter.stop.load(Ordering::Relaxed) {
        if interrupt::happened() {
            meter.stop.store(true, Ordering::Relaxed);
        }
        let executions = meter.executions.load(Ordering::Relaxed);
        let done = meter.done.load(Ordering::Relaxed);
        let rate = rate(executions, started.elapsed());
        let current = meter.current.lock().expect("nobody panics here").clone();
        let (executions, rate) = (HumanCount(executions), HumanCount(rate));
        bar.set_position(done);
        bar.set_message(format!("{executions} executions, {rate}/s  {current}"));
        if plain && is_due(said.map(|said: Instant| said.elapsed()), done) {
            said = Some(Instant::now());
            drop(writeln!(
                std::io::stderr(),
                "{done}/{instances} instances, {executions} executions, {rate}/s, {current}"
            ));
        }
        std::thread::park_timeout(Duration::from_millis(100));
    }
    bar.finish_and_clear();
}

/// Whether a line of progress is due, so long after the last one.
fn is_due(since: Option<Duration>, done: u64) -> bool {
    match since {
        None => done > 0,
        Some(since) => since >= Duration::from_secs(5),
    }
}

/// Why something was not begun, after so long.
fn cut(max_seconds: Option<u64>, elapsed: Duration) -> Cut {
    match max_seconds {
        Some(most) if elapsed >= Duration::from_secs(most) => Cut::Time,
        _ => Cut::Interrupted,
    }
}

/// One row for each claim, comparison and instance of a sweep; what was not reached counts as cut
/// off.
pub(super) fn collect(selection: &Selection, explored: &Explored, cut: Cut) -> Results {
    let missing = Exploration::missing(cut.clone());
    let rows = selection.claims.iter().map(|claim| {
        let instances = claim.instances.iter();
        let explorations: Vec<_> = instances
            .map(|instance| {
                explored
                    .instances
                    .get(&instance.identity())
                    .unwrap_or(&missing)
            })
            .collect();
        Row::new(claim, &explorations)
    });
    let comparisons = selection.comparisons.iter().map(|comparison| {
        let found = explored.comparisons.get(&comparison.identity()).cloned();
        found.unwrap_or_else(|| Compared::missing(comparison, cut.clone()))
    });
    let sweeps = selection.sweeps.iter().map(|(model, sweep)| Swept {
        instances: sweep
            .instances
            .iter()
            .map(|instance| {
                let found = explored.swept.get(&instance.identity()).cloned();
                found.unwrap_or_else(|| SweptInstance::new(instance, &missing))
            })
            .collect(),
        ..Swept::new(model, sweep)
    });
    let ended = |cut: &Option<Cut>| !matches!(cut, Some(Cut::Time | Cut::Interrupted));
    let is_there = |unit: &Unit| match unit {
        Unit::Instance(instance) => explored
            .instances
            .get(&instance.identity())
            .is_some_and(|e| ended(&e.cut)),
        Unit::Comparison(comparison) => {
            let compared = explored.comparisons.get(&comparison.identity());
            compared.is_some_and(|compared| ended(&compared.cut))
        }
    };
    Results {
        complete: Unit::all(selection).iter().all(is_there),
        selected: selection.claims.len(),
        identities: selection.identities(),
        executions: explored.executions(),
        rows: rows.collect(),
        selected_beside: selection.beside(),
        comparisons: comparisons.collect(),
        sweeps: sweeps.collect(),
        ..Results::none()
    }
}

/// Whether a verdict is not known: inconclusive or bounded.
fn is_unknown(row: &Row) -> bool {
    matches!(row.verdict, Verdict::CutOff(_) | Verdict::Bounded(_))
}

/// Whether something was not explored to its end.
fn is_open(results: &Results) -> bool {
    results.rows.iter().any(is_unknown)
        || results.comparisons.iter().any(|one| one.cut.is_some())
        || results.sweeps.iter().any(|swept| !swept.cut().is_empty())
}

pub(super) fn exit(results: &Results) -> Exit {
    // What is known and not as declared differs.
    let differs = |row: &Row| !row.holds && !is_unknown(row);
    let unlike = |compared: &Compared| !compared.differences.is_empty();
    if results.hold() {
        Exit::Fine
    } else if results.rows.iter().any(differs) || results.comparisons.iter().any(unlike) {
        Exit::Differs
    } else {
        Exit::CutOff
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::ffi::OsStr;
    use std::sync::Arc;

    use clap::Parser;

    use super::super::args::Arguments;
    use super::*;
    use crate::check::claim::{Claim, Expected};
    use crate::check::comparison::Comparison;
    use crate::check::identity::Identity;
    use crate::check::instance::Instance;
    use crate::check::sweep::Sweep;
    use crate::environment::reader::Reader;
    use crate::run::scenario::Scenario;
    use crate::run::socket::Socket;
    use crate::run::subject::{Running, Subject};
    use crate::trace::property::Property;

    struct Nothing;

    impl Subject for Nothing {
        fn start(&self, _: Socket) -> Running {
            Box::pin(async { Ok(()) })
        }
    }

    /// A claim, a comparison and a sweep.
    pub(in crate::cli) fn selection() -> Selection {
        let instance = |name: &str| {
            let scenario = Scenario::new(name, 1, Reader::PROMPT);
            Instance::new("subject", scenario, Arc::new(Nothing)).of_model("model")
        };
        let claim = Claim::new(
            "claim",
            "",
            Property::NoStall,
            Expected::Proved,
            vec![instance("claimed")],
        );
        let pair = [instance("compared"), instance("compared")];
        let comparison = Comparison::new("compared", 1, vec![pair]);
        let sweep = Sweep {
            instances: vec![instance("claimed"), instance("swept")],
            prominent: Vec::new(),
            left_out: Vec::new(),
            not_applicable: Vec::new(),
        };
        Selection {
            claims: vec![claim],
            comparisons: vec![comparison],
            sweeps: vec![("model".to_owned(), sweep)],
        }
    }

    /// Everything is explored to its end, in 10 executions each.
    pub(in crate::cli) fn explored(selection: &Selection) -> Explored {
        let mut explored = Explored::default();
        let exploration = Exploration {
            executions: 10,
            cut: None,
            ..Exploration::missing(Cut::Time)
        };
        for instance in &selection.sweeps[0].1.instances {
            let swept = SweptInstance::new(instance, &exploration);
            explored.swept.insert(instance.identity(), swept);
            explored
                .instances
                .insert(instance.identity(), exploration.clone());
        }
        let comparison = &selection.comparisons[0];
        let compared = Compared {
            executions: [10, 10],
            cut: None,
            ..Compared::missing(comparison, Cut::Time)
        };
        explored.comparisons.insert(comparison.identity(), compared);
        explored
    }

    #[test]
    fn what_is_there_is_shown_and_the_rest_cut_off() {
        let selection = selection();
        let all = explored(&selection);
        let results = collect(&selection, &all, Cut::Time);
        assert!(results.complete);
        assert_eq!(results.executions, 40);
        assert_eq!((results.selected, results.rows.len()), (1, 1));
        assert_eq!((results.selected_beside, results.beside()), (3, 3));
        assert!(results.comparisons[0].agrees() && results.sweeps[0].cut().is_empty());
        let cut = || Some(Cut::Interrupted);
        let nothing = collect(&selection, &Explored::default(), Cut::Interrupted);
        assert!(!nothing.complete);
        assert_eq!(nothing.executions, 0);
        assert_eq!(nothing.rows[0].verdict, Verdict::CutOff(Cut::Interrupted));
        assert_eq!(nothing.comparisons[0].cut, cut());
        let swept = nothing.sweeps[0].instances.iter();
        assert!(swept.clone().count() == 2 && swept.clone().all(|instance| instance.cut == cut()));
        // One thing is missing, or was begun and not ended.
        let [claimed, swept] = [0, 1].map(|n| selection.sweeps[0].1.instances[n].identity());
        let changes: [&dyn Fn(&mut Explored); 5] = [
            &|e| drop(e.instances.remove(&claimed)),
            &|e| drop(e.instances.remove(&swept)),
            &|e| e.comparisons.clear(),
            &|e| e.instances.get_mut(&swept).expect("it is").cut = Some(Cut::Time),
            &|e| {
                e.comparisons
                    .values_mut()
                    .for_each(|c| c.cut = Some(Cut::Interrupted))
            },
        ];
        for change in changes {
            let mut part = all.clone();
            change(&mut part);
            assert!(!collect(&selection, &part, Cut::Time).complete);
        }
        // That one was too large is no reason to say that the run ended early.
        let mut large = all;
        large
            .comparisons
            .values_mut()
            .for_each(|c| c.cut = Some(Cut::Executions));
        let results = collect(&selection, &large, Cut::Time);
        assert!(results.complete && !results.hold());
    }

    /// A process that the machine lets starve leaves an instance inconclusive, and no document says
    /// so instead of what was there.
    #[test]
    fn what_is_not_known_gets_into_no_document() {
        let selection = selection();
        let all = explored(&selection);
        let marked = |name: &str| {
            let (open, close) = (documents::open(name), documents::CLOSE);
            format!("{open}\nold\n{close}\n")
        };
        let path = std::env::temp_dir().join(format!("lastbyte-open-{}.md", std::process::id()));
        let written = |explored: &Explored| {
            let old = [documents::VERDICTS, &documents::sweep("model")].map(marked);
            std::fs::write(&path, old.concat()).expect("a place for it");
            let results = collect(&selection, explored, Cut::Time);
            assert!(results.complete);
            let arguments = Arguments::try_parse_from([
                OsStr::new("verify"),
                OsStr::new("--update"),
                path.as_os_str(),
            ]);
            let exit = document(&arguments.expect("it is understood").verify, &results);
            let new = std::fs::read_to_string(&path).expect("it is there");
            std::fs::remove_file(&path).expect("it is there");
            (
                exit.expect("it has a place"),
                new.matches("\nold\n").count(),
            )
        };
        assert_eq!(written(&all), (Exit::Fine, 0));
        let swept = selection.sweeps[0].1.instances[1].identity();
        let mut open = all;
        let cut = Some(Cut::Executions);
        open.swept.get_mut(&swept).expect("it is").cut = cut.clone();
        open.instances.get_mut(&swept).expect("it is").cut = cut;
        assert_eq!(written(&open), (Exit::CutOff, 2));
    }

    #[test]
    fn what_was_not_begun_was_out_of_time_or_interrupted() {
        let after = Duration::from_secs(5);
        assert_eq!(cut(Some(5), after), Cut::Time);
        assert_eq!(cut(Some(4), after), Cut::Time);
        assert_eq!(cut(Some(6), after), Cut::Interrupted);
        assert_eq!(cut(None, after), Cut::Interrupted);
    }

    #[test]
    fn progress_is_told_after_the_first_instance_and_then_every_five_seconds() {
        let seconds = |s| Some(Duration::from_secs(s));
        assert!(!is_due(None, 0));
        assert!(is_due(None, 1));
        assert!(!is_due(seconds(4), 2));
        assert!(is_due(seconds(5), 2));
        assert!(is_due(seconds(6), 2));
    }

    #[test]
    fn a_comparison_that_differs_differs_even_without_a_claim() {
        let selection = selection();
        let compared = |differences: &[&str], cut| {
            let compared = Compared {
                differences: differences.iter().map(|&text| text.to_owned()).collect(),
                cut,
                ..Compared::missing(&selection.comparisons[0], Cut::Time)
            };
            exit(&Results {
                comparisons: vec![compared],
                ..Results::none()
            })
        };
        assert_eq!(compared(&[], None), Exit::Fine);
        assert_eq!(compared(&["only model"], None), Exit::Differs);
        assert_eq!(compared(&["only model"], Some(Cut::Time)), Exit::Differs);
        assert_eq!(compared(&[], Some(Cut::Time)), Exit::CutOff);
    }

    fn came_out(expected: Expected, verdict: Verdict) -> Exit {
        let row = Row {
            id: Identity::new("model/claim", &[]),
            model: "model".to_owned(),
            subject: "subject".to_owned(),
            version: None,
            sentence: String::new(),
            scenario: String::new(),
            property: Property::NoStall,
            expected,
            holds: expected.is_met_by(&verdict),
            verdict,
            instances: 1,
            executions: 1,
            states: 0,
            seconds: 0.0,
            outcomes: Vec::new(),
            surprise: None,
            counterexample: None,
            each: Vec::new(),
        };
        exit(&Results {
            rows: vec![row],
            ..Results::none()
        })
    }

    #[test]
    fn only_what_was_declared_is_fine() {
        let all = [Expected::Proved, Expected::Refuted, Expected::Missed];
        for expected in all {
            for other in all {
                let code = match expected == other {
                    true => Exit::Fine,
                    false => Exit::Differs,
                };
                assert_eq!(
                    came_out(expected, other.verdict()),
                    code,
                    "{expected}, {other}"
                );
            }
            for open in [Verdict::CutOff(Cut::Time), Verdict::Bounded(2)] {
                assert_eq!(came_out(expected, open), Exit::CutOff, "{expected}");
            }
        }
    }
}
