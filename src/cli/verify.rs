//! The command line without a subcommand: explores every claim, comparison and sweep.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::args::{Checkout, Format, Verify};
use super::collected::{collect, exit, is_open, stopped_by};
use super::exit::Exit;
use super::pool::{Means, explore};
use super::program::{Packages, Program};
use super::terminal::{colour, print, width};
use super::{packages, saved};
use crate::check::recording;
use crate::check::registry::Registry;
use crate::check::results::Results;
use crate::check::selection::Selection;
use crate::check::sweep::sweep_id;
use crate::error::Misuse;
use crate::render::documents;
use crate::render::{count, junit, markdown, report, table, unexpected};

/// How results are shown.
pub(super) struct Shown<'a> {
    pub(super) format: Format,
    pub(super) report: Option<&'a Path>,
    /// The directory in which the counterexamples will be saved.
    pub(super) save: Option<&'a Path>,
}

impl Verify {
    fn shown(&self) -> Shown<'_> {
        Shown {
            format: self.format,
            report: self.report.as_deref(),
            save: self.save.as_deref(),
        }
    }
}

pub(super) fn run(
    program: &Program,
    registry: &Registry,
    arguments: &Verify,
    checkout: &Checkout,
    out: &mut dyn Write,
) -> Result<Exit, Misuse> {
    let documents = checkout.update.as_ref().or(checkout.check.as_ref());
    let is_part = !arguments.only.is_empty() || arguments.shard.is_some();
    if is_part && documents.is_some_and(Vec::is_empty) {
        return Err(Misuse(
            "a part of the models cannot update all documents; expected: \
             --update FILE or --check FILE with --only and --shard"
                .to_owned(),
        ));
    }
    if let Some((collection, names)) = &checkout.packages {
        let chosen = (collection, &names[..]);
        return of_packages(program, registry, chosen, (arguments, checkout), out);
    }
    let all = Selection::all(registry);
    let not_selected = all.claims.len();
    let selection = select(program, all, &arguments.only)?;
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
    let means = Means {
        jobs: arguments.jobs,
        max_seconds: arguments.max_seconds,
        max_steps: arguments.max_steps,
    };
    let explored = explore(&selection, means)?;
    let why = stopped_by(arguments.max_seconds, started.elapsed());
    let results = Results {
        program: program.name().to_owned(),
        shard: arguments.shard.map(|shard| (shard.index, shard.count)),
        selected,
        not_selected: not_selected - selection.claims.len(),
        selected_beside: beside,
        identities,
        ..collect(&selection, &explored, why)
    };
    let results = results.with_figures(registry.models());
    show(&results, &arguments.shown(), out)?;
    if arguments.format == Format::Text {
        let seconds = started.elapsed().as_secs_f64();
        print(out, &format!("{seconds:.1} s in all\n"))?;
    }
    save(arguments, &results)?;
    document(checkout, &results)
}

/// Saves the counterexamples, if `--save` asks for it.
fn save(arguments: &Verify, results: &Results) -> Result<(), Misuse> {
    if let Some(directory) = &arguments.save {
        let names =
            recording::save(directory, results).map_err(|error| cannot_write(directory, &error))?;
        saved::say(directory, &names);
    }
    Ok(())
}

/// Explores a collection of packages instead of the models. Each package is a program of its own.
fn of_packages(
    program: &Program,
    registry: &Registry,
    (collection, names): (&Packages, &[String]),
    (arguments, checkout): (&Verify, &Checkout),
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
    let results = Results {
        program: program.name().to_owned(),
        ..packages::run(collection, names, &passed_on)?
    };
    let results = results.with_figures(registry.models());
    show(&results, &arguments.shown(), out)?;
    save(arguments, &results)?;
    let exit = document(checkout, &results)?;
    Ok(match exit {
        Exit::Fine if !results.not_run.is_empty() && !checkout.allow_missing => Exit::Inconclusive,
        exit => exit,
    })
}

/// Prints the results, and writes the report if one is wanted. As text, the charts of unexpected refutations
/// follow.
pub(super) fn show(
    results: &Results,
    shown: &Shown<'_>,
    out: &mut dyn Write,
) -> Result<(), Misuse> {
    let text = match shown.format {
        Format::Json => {
            let json = serde_json::to_string_pretty(results).expect("results are plain data");
            format!("{json}\n")
        }
        Format::Text => {
            let charts = unexpected::charts(results, shown.save, width(), colour());
            table::table(results, width()) + &charts
        }
        Format::Junit => junit::xml(results),
        Format::Markdown => markdown::summary(results),
    };
    print(out, &text)?;
    if let Some(directory) = shown.report {
        report::write(directory, results).map_err(|error| cannot_write(directory, &error))?;
    }
    Ok(())
}

pub(super) fn cannot_write(path: &Path, error: &std::io::Error) -> Misuse {
    Misuse(format!(
        "cannot write {}: {error}; expected: a directory",
        path.display()
    ))
}

/// Checks before the exploration whether its results can be written.
pub(super) fn check_directory(directory: &Path) -> Result<(), Misuse> {
    let probe = directory.join(".partial");
    std::fs::create_dir_all(directory)
        .and_then(|()| std::fs::write(&probe, ""))
        .and_then(|()| std::fs::remove_file(&probe))
        .map_err(|error| cannot_write(directory, &error))
}

/// Writes or compares the generated parts of documents, if `--update` or `--check` asks for it.
fn document(checkout: &Checkout, results: &Results) -> Result<Exit, Misuse> {
    let exit = exit(results);
    let named = checkout.update.as_ref().or(checkout.check.as_ref());
    // A document changes only after a run in which everything was explored to its end.
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
            return Err(no_place(&format!("{shown} has no part")));
        };
        places += 1;
        let line = match (updated == document, checkout.update.is_some()) {
            (true, _) => continue,
            (false, true) => {
                crate::files::write_whole(&path, &updated).map_err(failed)?;
                format!("{shown} was rewritten\n")
            }
            (false, false) => {
                differs = true;
                format!("{shown} is out of date; --update writes it\n")
            }
        };
        // If stderr is closed, nobody can be told.
        drop(std::io::stderr().write_all(line.as_bytes()));
    }
    if places == 0 {
        return Err(no_place("no document below this folder has a part"));
    }
    Ok(if differs { Exit::Differs } else { exit })
}

fn no_place(what: &str) -> Misuse {
    let part = documents::open("NAME");
    Misuse(format!(
        "{what} that this run can write; expected: {part} with the name {}, {}, {} \
         or that of a sweep, a chart or a collection of packages",
        documents::VERDICTS,
        documents::SUMMARY,
        documents::COMPARISONS
    ))
}

/// The Markdown files below a folder, without hidden files and build output.
fn below(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if name.starts_with('.') || name == "target" {
            continue;
        }
        // Links are not followed: their targets are elsewhere, or are found on their own.
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

fn select(program: &Program, all: Selection, filters: &[String]) -> Result<Selection, Misuse> {
    all.only(filters).map_err(|filter| {
        Misuse(format!(
            "nothing matches --only {filter}; expected: a part of a claim's name, subject, version, \
             scenario or property, see `{} --list`",
            program.name()
        ))
    })
}

fn list(registry: &Registry, selection: &Selection) -> String {
    let mut text = String::new();
    for model in registry.models() {
        text += &format!("{}: {}\n", model.name, model.about);
        let claims = selection.claims.iter();
        for claim in claims.filter(|claim| claim.model() == model.name) {
            let instances = count(claim.instances.len(), "instance");
            let (id, property, expected) = (claim.id(), claim.property, claim.expected);
            text += &format!("  {id}  {property}: expected {expected}, {instances}\n");
        }
        let sweeps = selection.sweeps.iter();
        for (name, sweep) in sweeps.filter(|(name, _)| name == model.name) {
            let (id, instances) = (sweep_id(name), count(sweep.instances.len(), "instance"));
            text += &format!("  {id}  every combination, {instances}\n");
        }
        let comparisons = selection.comparisons.iter();
        for comparison in comparisons.filter(|c| c.pairs[0][0].model() == model.name) {
            let (id, like) = (comparison.id(), comparison.pairs[0][1].subject());
            let scenarios = count(comparison.pairs.len(), "scenario");
            text += &format!("  {id}  the same as {like}, {scenarios}\n");
        }
        for subject in (model.subjects)() {
            text += &format!("  --subject {}  {}\n", subject.name, subject.about);
        }
    }
    text
}
