//! The command line as `clap` sees it.

use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{
    Arg, ArgAction, ArgGroup, ArgMatches, Args, Command, FromArgMatches, Parser, Subcommand,
    ValueEnum,
};

use super::program::{Packages, Program};
use crate::check::query::{CAPACITY, RESPONSE_BYTES, STEPS};
use crate::environment::reader::Reader;

/// Explores every claim to the end, and compares each verdict with the one that is expected
///
/// Exit codes:
///   0  every verdict is as expected; explore: every property is proved
///   1  a verdict is not as expected; explore: a property is refuted;
///      replay: the counterexample happened again
///   2  the command cannot be carried out as it stands
///   3  inconclusive: a limit or an interruption came before the end
#[derive(Debug, Parser)]
#[command(verbatim_doc_comment, args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Task>,
    #[command(flatten)]
    pub(crate) verify: Verify,
}

/// The command line of this program.
pub(crate) fn command(program: &Program) -> Command {
    let version = concat!("(lastbyte ", env!("CARGO_PKG_VERSION"), ")");
    let command = <Arguments as clap::CommandFactory>::command()
        .display_name(program.name())
        .bin_name(program.name())
        .version(version);
    let command = match program.has_checkout() {
        true => Checkout::augment_args(command),
        false => command,
    };
    with_packages(program.packages(), command)
}

/// The name of the group of options for packages, and of the option beside them.
const PACKAGES: &str = "packages";
const ALLOW_MISSING: &str = "allow-missing";

/// The command with an option for each collection of packages.
fn with_packages(collections: &[Packages], command: Command) -> Command {
    if collections.is_empty() {
        return command;
    }
    let options = collections.iter().map(|collection| {
        Arg::new(collection.option)
            .long(collection.option)
            .help(collection.about)
            .value_name("PACKAGE")
            .num_args(0..)
            .value_delimiter(',')
            .require_equals(true)
            .action(ArgAction::Append)
            .conflicts_with_all(["list", "shard", "max_steps"])
    });
    let names: Vec<_> = collections.iter().map(|one| one.option).collect();
    let missing = Arg::new(ALLOW_MISSING)
        .long(ALLOW_MISSING)
        .help(format!(
            "With --{}: a package that cannot be built is not a failure",
            names.join(" or --")
        ))
        .action(ArgAction::SetTrue)
        .requires(PACKAGES);
    command
        .args(options)
        .arg(missing)
        .group(ArgGroup::new(PACKAGES).args(names))
}

/// The collection that is asked for, with the packages that are named.
fn packages(collections: &[Packages], matches: &ArgMatches) -> Option<(Packages, Vec<String>)> {
    let asked = |one: &&Packages| matches.contains_id(one.option);
    let collection = collections.iter().find(asked)?;
    let names = matches.get_many::<String>(collection.option);
    let names = names.into_iter().flatten().cloned().collect();
    Some((*collection, names))
}

/// Parses these words; the first one is the program's name.
pub(crate) fn parse(
    program: &Program,
    words: impl IntoIterator<Item = OsString>,
) -> Result<(Arguments, Checkout), clap::Error> {
    let matches = command(program).try_get_matches_from(words)?;
    let mut checkout = match program.has_checkout() {
        true => Checkout::from_arg_matches(&matches)?,
        false => Checkout::default(),
    };
    checkout.packages = packages(program.packages(), &matches);
    checkout.allow_missing = checkout.packages.is_some() && matches.get_flag(ALLOW_MISSING);
    Ok((Arguments::from_arg_matches(&matches)?, checkout))
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// List the claims and the subjects, and explore nothing
    #[arg(long)]
    pub(crate) list: bool,
    /// Explore only claims whose name, subject, version, scenario or property contains FILTER; may
    /// be given more than once
    #[arg(long, value_name = "FILTER")]
    pub(crate) only: Vec<String>,
    /// How to print the results
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Stop after this many seconds; claims that are not decided by then are inconclusive
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(crate) max_seconds: Option<u64>,
    /// Give up an instance when one of its executions has more steps than this [default: 4000]
    #[arg(long, value_name = "STEPS", value_parser = clap::value_parser!(u64).range(STEP_RANGE))]
    pub(crate) max_steps: Option<u64>,
    /// Explore in this many processes [default: one for each processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=256))]
    pub(crate) jobs: Option<u64>,
    /// Explore the Ith of N slices of the claims, as in 1/4; `merge` joins the results
    #[arg(long, value_name = "I/N")]
    pub(crate) shard: Option<Shard>,
    /// Write a report into this directory: one self-contained index.html
    #[arg(long, value_name = "DIR")]
    pub(crate) report: Option<PathBuf>,
    /// Save every counterexample into this directory, as a file for `replay`
    #[arg(long, value_name = "DIR")]
    pub(crate) save: Option<PathBuf>,
}

/// Steps that a user may permit.
const STEP_RANGE: std::ops::RangeInclusive<u64> = 1..=10_000_000;

// What needs a checkout. A comment of documentation would become the help of it all.
#[derive(Debug, Default, Args)]
pub(crate) struct Checkout {
    /// The collection to explore instead of the models, and which of its packages.
    #[arg(skip)]
    pub(crate) packages: Option<(Packages, Vec<String>)>,
    /// Whether a package that cannot be built is no failure.
    #[arg(skip)]
    pub(crate) allow_missing: bool,
    /// Write the generated parts of these Markdown files, or of all below this folder.
    #[arg(long, value_name = "FILE", num_args = 0.., hide = true)]
    pub(crate) update: Option<Vec<PathBuf>>,
    /// Compare the generated parts instead; what differs is not as declared.
    #[arg(long, value_name = "FILE", num_args = 0.., hide = true, conflicts_with = "update")]
    pub(crate) check: Option<Vec<PathBuf>>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Explore one subject in a scenario of your own
    #[command(long_about = EXPLORE)]
    Explore(Explore),
    /// Explore one claim, comparison or sweep, and say in sentences what its verdict is worth
    Explain(Explain),
    /// Show a saved counterexample, by running it again
    Replay(Replay),
    /// Join the results of slices that were explored with --shard
    Merge(Merge),
    /// Explore the instances that arrive on stdin; used by the other commands.
    #[command(hide = true)]
    Worker,
}

const EXPLORE: &str = "\
Explore one subject in a scenario of your own

The peer sends the request, then the subject answers; the reader takes the
response out of the kernel's buffer. Every interleaving of them is explored, and
every property gets a verdict.";

#[derive(Clone, Debug, Args)]
pub(crate) struct Explore {
    /// List the subjects with their settings, and explore nothing
    #[arg(long, exclusive = true)]
    pub(crate) list: bool,
    /// The subject, as --list shows it
    #[arg(long, value_name = "NAME", required_unless_present_any = ["list", "release"])]
    pub(crate) subject: Option<String>,
    /// Explore these releases one after the other; a release that this program does not contain is
    /// built in its own package first
    #[arg(
        long,
        value_name = "VERSION,...",
        value_delimiter = ',',
        conflicts_with = "subject"
    )]
    pub(crate) release: Vec<String>,
    /// A file with the raw bytes of the request; - reads them from stdin
    #[arg(long, value_name = "FILE", required_unless_present = "list")]
    pub(crate) request: Option<PathBuf>,
    /// Length of the response body; for a model without heads, of the whole response
    #[arg(long, value_name = "BYTES", default_value_t = 100, value_parser = clap::value_parser!(u64).range(RESPONSE_BYTES))]
    pub(crate) response_bytes: u64,
    /// Capacity of the kernel's buffer between the subject and the reader
    #[arg(long, value_name = "BYTES", default_value_t = 64, value_parser = clap::value_parser!(u64).range(CAPACITY))]
    pub(crate) capacity: u64,
    /// How the peer reads: prompt (all that is there), slow:R (at most R bytes at a time), stops:M
    /// (M bytes and no more), resets:M (resets the connection after M bytes), or several of them
    /// with commas between
    #[arg(long, value_name = "READER", default_value = "prompt")]
    pub(crate) reader: Reader,
    /// Change a setting of the subject; may be given more than once, see --list
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_value)]
    pub(crate) set: Vec<(String, String)>,
    /// Send the request in pieces of these many bytes, and the rest as the last piece: the first piece at the
    /// start, each other one at any later point
    #[arg(long, value_name = "BYTES,...", value_delimiter = ',')]
    pub(crate) pieces: Vec<u64>,
    /// The peer sends FIN after the request
    #[arg(long)]
    pub(crate) client_eof: bool,
    /// The subject is a client and writes a request; --response-bytes is the length of its body, and the file
    /// is what its server sends after the first byte has arrived
    #[arg(long)]
    pub(crate) client: bool,
    /// Explore every interleaving on its own, and remember no states
    #[arg(long)]
    pub(crate) uncached: bool,
    /// Stop after this many seconds; if two thirds of that time are not enough, the last third explores with
    /// few preemptions only
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(crate) max_seconds: u64,
    /// Stop when an execution has more steps than this
    #[arg(long, value_name = "STEPS", default_value_t = STEPS as u64, value_parser = clap::value_parser!(u64).range(STEP_RANGE))]
    pub(crate) max_steps: u64,
    /// Save every counterexample into this directory, as a file for `replay`
    #[arg(long, value_name = "DIR")]
    pub(crate) save: Option<PathBuf>,
    /// How to print the results
    #[arg(long, value_enum, default_value_t = Answer::Text)]
    pub(crate) format: Answer,
}

impl Explore {
    /// The subject as it is named; nothing where it is not.
    pub(crate) fn subject(&self) -> &str {
        self.subject.as_deref().unwrap_or_default()
    }
}

fn key_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("expected: KEY=VALUE".to_owned()),
    }
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A name as --list shows it, or the part of a claim's name before the property
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
}

#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// A file that --save has written
    pub(crate) file: PathBuf,
    /// Step through it with the keyboard, forward and back
    #[arg(long, conflicts_with = "format")]
    pub(crate) step: bool,
    /// How to show it
    #[arg(long, value_enum, default_value_t = Drawing::Text)]
    pub(crate) format: Drawing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Drawing {
    /// A sequence chart for the terminal
    Text,
    /// A sequence diagram for Markdown
    Mermaid,
    /// A picture
    Svg,
    /// One line of JSON for each step
    Jsonl,
}

impl Drawing {
    /// Its name on the command line.
    pub(crate) fn name(self) -> String {
        let value = self.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

#[derive(Debug, Args)]
pub(crate) struct Merge {
    /// What --shard I/N --format json has printed: one file for each slice
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// How to print the results
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Write a report into this directory: one self-contained index.html
    #[arg(long, value_name = "DIR")]
    pub(crate) report: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A table, and a chart for each counterexample that was not expected
    Text,
    /// Everything, for machines
    Json,
    /// JUnit's XML, for the test reports of CI
    Junit,
    /// A summary for a pull request
    Markdown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Answer {
    /// Verdicts, outcomes and a chart
    Text,
    /// Everything, for machines
    Json,
}

/// The `i`th of `n` slices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shard {
    pub(crate) index: usize,
    pub(crate) count: usize,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = text.split_once('/').and_then(|(index, count)| {
            Some((index.parse::<usize>().ok()?, count.parse::<usize>().ok()?))
        });
        match parsed {
            Some((index, count)) if 1 <= index && index <= count && count <= 10_000 => {
                Ok(Shard { index, count })
            }
            _ => Err("expected: I/N with 1 <= I <= N <= 10000".to_owned()),
        }
    }
}
