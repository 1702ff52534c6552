//! `cargo verify`: every claim, in as many processes as there are processors.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use indicatif::{HumanCount, ProgressBar, ProgressStyle};

use super::args::{Format, Shard, Verify};
use super::{Exit, Misuse, all_claims, interrupt, print, real, width};
use crate::claim::{Claim, Expected, Model};
use crate::documents;
use crate::recording;
use crate::render::{explain, junit, markdown, report, table};
use crate::results::{Results, Row};
use crate::runner::{Explored, Meter, Pool, cells_of};
use crate::verdict::{Cut, Exploration, Verdict};

/// The command that explores.
pub(crate) const COMMAND: &str = "cargo verify";

pub(super) fn run(
    registry: &[Model],
    arguments: &Verify,
    out: &mut dyn Write,
) -> Result<Exit, Misuse> {
    if let Some(versions) = &arguments.real {
        return real(versions, arguments, out);
    }
    let all = all_claims(registry);
    let claims = select(&all, &arguments.only)?;
    if arguments.list {
        print(out, &list(registry, &claims))?;
        return Ok(Exit::Fine);
    }
    refuse_without_loom()?;
    let sliced = match arguments.shard {
        None => claims.clone(),
        Some(shard) => slice(&claims, shard),
    };
    if let Some(directory) = &arguments.save {
        check_directory(directory)?;
    }
    if let Some(directory) = &arguments.report {
        check_directory(directory)?;
    }
    let started = Instant::now();
    let explored = explore(&sliced, arguments.jobs, arguments.max_seconds)?;
    let out_of_time = arguments
        .max_seconds
        .is_some_and(|s| started.elapsed().as_secs() >= s);
    let cut = if out_of_time {
        Cut::Time
    } else {
        Cut::Interrupted
    };
    let mut results = collect(&sliced, &explored, all.len(), cut);
    results.shard = arguments.shard.map(|shard| (shard.index, shard.count));
    results.selected = claims.len();
    show(&results, arguments.format, arguments.report.as_deref(), out)?;
    if arguments.format == Format::Text {
        let seconds = started.elapsed().as_secs_f64();
        print(out, &format!("{seconds:.1} s in all\n"))?;
    }
    if let Some(directory) = &arguments.save {
        recording::save(directory, &results).map_err(|error| cannot_write(directory, &error))?;
    }
    // A document keeps what it has until a run comes to its end.
    if let Some(path) = arguments.update.as_deref().filter(|_| results.complete) {
        update(path, &results)?;
    }
    Ok(exit(&results))
}

/// `cargo verify --real`: other versions, each in a program of its own.
fn real(versions: &[String], arguments: &Verify, out: &mut dyn Write) -> Result<Exit, Misuse> {
    refuse_without_loom()?;
    if let Some(directory) = &arguments.report {
        check_directory(directory)?;
    }
    let mut passed_on = Vec::new();
    for filter in &arguments.only {
        passed_on.extend(["--only".to_owned(), filter.clone()]);
    }
    if let Some(seconds) = arguments.max_seconds {
        passed_on.extend(["--max-seconds".to_owned(), seconds.to_string()]);
    }
    let results = real::run(versions, &passed_on)?;
    show(&results, arguments.format, arguments.report.as_deref(), out)?;
    Ok(match exit(&results) {
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

/// The claims of one slice. Claims that share their first cell stay together, so that no slice
/// explores what another one does.
fn slice(claims: &[Claim], shard: Shard) -> Vec<Claim> {
    let mut groups: Vec<String> = Vec::new();
    let mut sliced = Vec::new();
    for claim in claims {
        let cell = claim.cells[0].id();
        let group = groups
            .iter()
            .position(|known| *known == cell)
            .unwrap_or_else(|| {
                groups.push(cell);
                groups.len() - 1
            });
        if group % shard.count == shard.index - 1 {
            sliced.push(claim.clone());
        }
    }
    sliced
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

fn update(path: &Path, results: &Results) -> Result<(), Misuse> {
    let failed = |error| Misuse(format!("cannot update {}: {error}", path.display()));
    let document = std::fs::read_to_string(path).map_err(failed)?;
    let updated = documents::splice(&document, results).ok_or_else(|| {
        let begin = documents::BEGIN;
        Misuse(format!("{} has no line {begin}", path.display()))
    })?;
    crate::files::write_whole(path, &updated).map_err(failed)
}

fn select(all: &[Claim], filters: &[String]) -> Result<Vec<Claim>, Misuse> {
    let matches = |claim: &Claim, filter: &str| {
        let cell = &claim.cells[0];
        let version = cell.version.as_deref().unwrap_or_default();
        [
            &claim.id(),
            &cell.subject,
            version,
            &claim.scenarios,
            claim.property.name(),
        ]
        .iter()
        .any(|text| text.contains(filter))
    };
    for filter in filters {
        if !all.iter().any(|claim| matches(claim, filter)) {
            return Err(Misuse(format!(
                "no claim matches --only {filter}; accepted is a part of an id, subject, version, \
                 scenario or property as `{COMMAND} --list` shows them"
            )));
        }
    }
    let wanted =
        |claim: &&Claim| filters.is_empty() || filters.iter().any(|filter| matches(claim, filter));
    Ok(all.iter().filter(wanted).cloned().collect())
}

/// `cargo verify explain`: one claim, in sentences.
pub(super) fn explain(
    registry: &[Model],
    claim: &str,
    out: &mut dyn Write,
) -> Result<Exit, Misuse> {
    let all = all_claims(registry);
    let Some(claim) = all.iter().find(|known| known.id() == claim) else {
        return Err(Misuse(format!(
            "no such claim: {claim}; accepted is an id as `{COMMAND} --list` shows it"
        )));
    };
    refuse_without_loom()?;
    // Where else the property fails is part of the answer.
    let related: Vec<_> = all
        .iter()
        .filter(|other| {
            other.id() == claim.id()
                || (other.property == claim.property && other.expected == Expected::Refuted)
        })
        .cloned()
        .collect();
    let explored = explore(&related, None, None)?;
    let results = collect(&related, &explored, all.len(), Cut::Interrupted);
    let row = results
        .rows
        .iter()
        .find(|row| row.id == claim.id())
        .expect("it was explored");
    print(out, &explain::sentences(row, &results))?;
    Ok(exit(&results))
}

fn refuse_without_loom() -> Result<(), Misuse> {
    if cfg!(loom) {
        return Ok(());
    }
    Err(Misuse(format!(
        "this build explores nothing, it lacks --cfg loom; use `{COMMAND}`"
    )))
}

fn list(registry: &[Model], claims: &[Claim]) -> String {
    let mut text = String::new();
    for model in registry {
        text += &format!("{}: {}\n", model.name, model.about);
        for claim in claims
            .iter()
            .filter(|claim| claim.cells[0].model == model.name)
        {
            let (id, expected, cells) = (claim.id(), claim.expected, claim.cells.len());
            let plural = if cells == 1 { "cell" } else { "cells" };
            text += &format!("  {id}  {} {expected}, {cells} {plural}\n", claim.property);
        }
        for subject in (model.subjects)() {
            text += &format!("  --subject {}  {}\n", subject.name, subject.about);
        }
    }
    text
}

fn explore(
    claims: &[Claim],
    jobs: Option<u64>,
    max_seconds: Option<u64>,
) -> Result<Explored, Misuse> {
    let failed = |what: &str, error: &dyn std::fmt::Display| Misuse(format!("{what}: {error}"));
    let cells = cells_of(claims);
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let pool = Pool {
        program: std::env::current_exe().map_err(|e| failed("cannot find this program", &e))?,
        jobs: jobs.map_or(processors, |jobs| jobs as usize),
        deadline: max_seconds.map(|s| Instant::now() + Duration::from_secs(s)),
    };
    let meter = Meter::default();
    interrupt::note()?;
    std::thread::scope(|scope| {
        let shown = scope.spawn(|| watch(&meter, cells.len() as u64));
        let explored = pool.explore(&cells, &meter);
        meter.stop.store(true, Ordering::Relaxed);
        drop(shown.join());
        explored.map_err(|error| failed("cannot start a process that explores", &error))
    })
}

/// Shows how far it is until it is told to stop: a bar on a terminal; elsewhere a line after the
/// first cell, and then now and then.
fn watch(meter: &Meter, cells: u64) {
    let bar = ProgressBar::new(cells);
    let style = "{bar:30} {pos}/{len} cells  {msg}";
    bar.set_style(ProgressStyle::with_template(style).expect("the template is constant"));
    let started = Instant::now();
    let plain = !std::io::stderr().is_terminal();
    let mut said = None;
    while !meter.stop.load(Ordering::Relaxed) {
        if interrupt::happened() {
            meter.stop.store(true, Ordering::Relaxed);
        }
        let executions = meter.executions.load(Ordering::Relaxed);
        let done = meter.cells.load(Ordering::Relaxed);
        let rate = executions as f64 / started.elapsed().as_secs_f64().max(0.001);
        let current = meter.current.lock().expect("nobody panics here").clone();
        let (executions, rate) = (HumanCount(executions), HumanCount(rate as u64));
        bar.set_position(done);
        bar.set_message(format!("{executions} executions, {rate}/s  {current}"));
        let due = match said {
            None => done > 0,
            Some(said) => Instant::now() > said + Duration::from_secs(5),
        };
        if plain && due {
            said = Some(Instant::now());
            drop(writeln!(
                std::io::stderr(),
                "{done}/{cells} cells, {executions} executions, {rate}/s, {current}"
            ));
        }
        std::thread::park_timeout(Duration::from_millis(100));
    }
    bar.finish_and_clear();
}

/// One row for each claim; a cell that was not reached counts as cut off.
fn collect(claims: &[Claim], explored: &Explored, all: usize, cut: Cut) -> Results {
    let missing = Exploration::missing(cut);
    let rows = claims.iter().map(|claim| {
        let cells = claim.cells.iter();
        let explorations: Vec<_> = cells
            .map(|cell| explored.get(&cell.id()).unwrap_or(&missing))
            .collect();
        Row::new(claim, &explorations)
    });
    Results {
        complete: cells_of(claims).iter().all(|cell| {
            let explored = explored.get(&cell.id());
            explored
                .is_some_and(|explored| !matches!(explored.cut, Some(Cut::Time | Cut::Interrupted)))
        }),
        selected: claims.len(),
        not_selected: all - claims.len(),
        executions: explored
            .values()
            .map(|exploration| exploration.executions)
            .sum(),
        rows: rows.collect(),
        ..Results::none()
    }
}

pub(super) fn exit(results: &Results) -> Exit {
    // What is cut off or bounded is not known; what is known and not as declared differs.
    let known = |row: &Row| matches!(row.verdict, Verdict::Proved | Verdict::Refuted);
    let differs = |row: &Row| !row.holds && known(row);
    if results.hold() {
        Exit::Fine
    } else if results.rows.iter().any(differs) {
        Exit::Differs
    } else {
        Exit::CutOff
    }
}
