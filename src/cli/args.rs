//! The command line as `clap` sees it.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::check::asked::{CAPACITY, RESPONSE_BYTES};
use crate::environment::reader::Reader;

/// Explores every model and every real connection to the end, and compares with what is claimed.
///
/// Exit codes: 0 everything as declared (explore: proved), 1 not as declared (explore: refuted),
/// 2 bad usage, 3 cut off before the end.
#[derive(Debug, Parser)]
#[command(
    name = "cargo verify",
    bin_name = "cargo verify",
    version,
    args_conflicts_with_subcommands = true
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Task>,
    #[command(flatten)]
    pub(crate) verify: Verify,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// List claims and subjects instead of exploring.
    #[arg(long)]
    pub(crate) list: bool,
    /// Only claims whose id, subject, version, scenario or property contains FILTER; may be given
    /// more than once.
    #[arg(long, value_name = "FILTER")]
    pub(crate) only: Vec<String>,
    /// How to print the results.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Stop after this many seconds; what is not explored by then is cut off.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(crate) max_seconds: Option<u64>,
    /// How many processes explore; one for each processor unless given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=256))]
    pub(crate) jobs: Option<u64>,
    /// Explore a deterministic slice of the claims, say 1/4.
    #[arg(long, value_name = "I/N")]
    pub(crate) shard: Option<Shard>,
    /// Write a report, one self-contained index.html, into this directory.
    #[arg(long, value_name = "DIR")]
    pub(crate) report: Option<PathBuf>,
    /// Explore further versions of real connections instead, each built on its own: all of them, or
    /// --real=VERSION,...
    #[arg(
        long,
        value_name = "VERSION",
        num_args = 0..,
        value_delimiter = ',',
        require_equals = true,
        conflicts_with_all = ["list", "shard"]
    )]
    pub(crate) real: Option<Vec<String>>,
    /// A version that cannot be built is no failure.
    #[arg(long, requires = "real")]
    pub(crate) allow_missing: bool,
    /// Save every counterexample into this directory, for `replay`.
    #[arg(long, value_name = "DIR")]
    pub(crate) save: Option<PathBuf>,
    /// Write the generated parts of these Markdown files, or of all below this folder.
    #[arg(long, value_name = "FILE", num_args = 0.., hide = true)]
    pub(crate) update: Option<Vec<PathBuf>>,
    /// Compare the generated parts instead; what differs is not as declared.
    #[arg(long, value_name = "FILE", num_args = 0.., hide = true, conflicts_with = "update")]
    pub(crate) check: Option<Vec<PathBuf>>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Explore one subject in one scenario of your own.
    Explore(Explore),
    /// Explore one claim, comparison or sweep, and say in sentences what its verdict is worth.
    Explain(Explain),
    /// Follow a saved counterexample.
    Replay(Replay),
    /// Join the JSON results of slices.
    Merge(Merge),
    /// Explore instances as told on stdin; used by the other commands.
    #[command(hide = true)]
    Worker,
}

#[derive(Debug, Args)]
pub(crate) struct Explore {
    /// List the subjects.
    #[arg(long, exclusive = true)]
    pub(crate) list: bool,
    /// What to explore.
    #[arg(long, value_name = "NAME", required_unless_present = "list")]
    pub(crate) subject: Option<String>,
    /// A file with the raw bytes that the peer sends.
    #[arg(long, value_name = "FILE", required_unless_present = "list")]
    pub(crate) request: Option<PathBuf>,
    /// Bytes of response body; for a model, of the whole response.
    #[arg(long, value_name = "BYTES", default_value_t = 100, value_parser = clap::value_parser!(u64).range(RESPONSE_BYTES))]
    pub(crate) response_bytes: u64,
    /// Capacity of the kernel's outbound buffer.
    #[arg(long, value_name = "BYTES", default_value_t = 64, value_parser = clap::value_parser!(u64).range(CAPACITY))]
    pub(crate) capacity: u64,
    /// The reader: prompt, slow:R, stops:M, resets:M, or several separated by commas.
    #[arg(long, value_name = "READER", default_value = "prompt")]
    pub(crate) reader: Reader,
    /// hyper's `pipeline_flush`.
    #[arg(long)]
    pub(crate) pipeline_flush: bool,
    /// hyper's `half_close`.
    #[arg(long)]
    pub(crate) half_close: bool,
    /// The handler answers with an upgrade.
    #[arg(long)]
    pub(crate) upgrade: bool,
    /// The peer sends FIN behind the request.
    #[arg(long)]
    pub(crate) client_eof: bool,
    /// Explore every interleaving on its own, without state caching.
    #[arg(long)]
    pub(crate) uncached: bool,
    /// Stop after this many seconds; a third of them is for a run with a preemption bound, should
    /// the others not suffice.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(crate) max_seconds: u64,
    /// Save every counterexample into this directory, for `replay`.
    #[arg(long, value_name = "DIR")]
    pub(crate) save: Option<PathBuf>,
    /// How to print the results: text or json.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The claim, comparison or sweep, as `--list` shows it.
    #[arg(value_name = "CLAIM")]
    pub(crate) id: String,
}

#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// A file written by `--save`.
    pub(crate) file: PathBuf,
    /// Go forward and back with the keyboard.
    #[arg(long, conflicts_with = "format")]
    pub(crate) step: bool,
    /// How to draw it.
    #[arg(long, value_enum, default_value_t = Drawing::Text)]
    pub(crate) format: Drawing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Drawing {
    /// A sequence chart for the terminal.
    Text,
    /// A sequence diagram for Markdown.
    Mermaid,
    /// A picture.
    Svg,
    /// One line of JSON for each step.
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
    /// What `cargo verify --shard I/N --format json` printed, one file for each slice.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// How to print the results.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Write a report, one self-contained index.html, into this directory.
    #[arg(long, value_name = "DIR")]
    pub(crate) report: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A table for people.
    Text,
    /// Everything, for machines.
    Json,
    /// JUnit's XML, for the test reports of CI.
    Junit,
    /// A summary for a pull request.
    Markdown,
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
            _ => Err("accepted is I/N with 1 <= I <= N <= 10000".to_owned()),
        }
    }
}
