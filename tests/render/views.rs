//! What the views look like, as snapshots beside this file.

use crate::fixtures::{HOSTILE, lost_bytes, results};
use insta::assert_snapshot;
use lastbyte::check::results::{Counterexample, Results};
use lastbyte::render::chart::{Options, text};
use lastbyte::render::table::table;
use lastbyte::render::transcript::Caption;
use lastbyte::{Expected, Property, Trace};

#[test]
fn table_fits_100_and_80_columns() {
    for width in [100, 80] {
        let text = table(&results(), width);
        assert!(text.lines().all(|line| line.chars().count() <= width));
        assert_snapshot!(format!("table_{width}"), text);
    }
}

const CAPTION: Caption<'_> = Caption {
    property: Property::NothingTruncated,
    replay: "cargo verify replay lost.json",
};

#[test]
fn chart_of_lost_bytes() {
    for (width, colour) in [(100, false), (80, false), (100, true)] {
        let chart = text(
            &lost_bytes(),
            Options {
                width,
                colour,
                caption: CAPTION,
            },
        );
        let name = format!("chart_{width}{}", if colour { "_colour" } else { "" });
        assert_snapshot!(name, chart);
    }
}

#[test]
fn chart_with_scripts_and_hostile_names() {
    for width in [100, 80] {
        let chart = text(
            &crate::fixtures::busy(),
            Options {
                width,
                colour: false,
                caption: CAPTION,
            },
        );
        assert_snapshot!(format!("chart_scripts_{width}"), chart);
    }
    let mut trace = crate::fixtures::busy();
    trace.actors.fill(HOSTILE.to_owned());
    let chart = text(
        &trace,
        Options {
            width: 100,
            colour: false,
            caption: CAPTION,
        },
    );
    assert_snapshot!("chart_hostile", chart);
}

#[test]
fn mermaid_of_lost_bytes() {
    assert_snapshot!(lastbyte::render::mermaid::sequence(&lost_bytes(), CAPTION));
}

#[test]
fn json_lines_of_lost_bytes() {
    assert_snapshot!(lastbyte::render::jsonl::lines(&lost_bytes(), CAPTION));
}

#[test]
fn svg_of_lost_bytes() {
    assert_snapshot!(lastbyte::render::svg::sequence(&lost_bytes(), CAPTION));
}

#[test]
fn svg_with_scripts_and_hostile_names() {
    let mut trace = crate::fixtures::busy();
    trace.actors[0] = HOSTILE.to_owned();
    trace.actors[1] = HOSTILE.repeat(3);
    let picture = lastbyte::render::svg::sequence(&trace, CAPTION);
    // The style is that of the other picture.
    let (head, rest) = picture.split_once("<style>").expect("a style");
    let (_, drawn) = rest.split_once("</style>").expect("its end");
    assert_snapshot!("svg_scripts", format!("{head}{drawn}"));
}

/// What the page's script draws from.
fn data(page: &str) -> serde_json::Value {
    let (_, data) = page.split_once(" id=\"data\">").expect("the data");
    let (data, _) = data.split_once("</script>").expect("its end");
    serde_json::from_str(data).expect("JSON")
}

#[test]
fn page_without_its_style_and_its_script() {
    let page = lastbyte::render::report::html(&results());
    let (_, body) = page.split_once("<body>").expect("a body");
    let (body, _) = body.split_once("<script").expect("the data");
    assert_snapshot!("page", body);
    assert_snapshot!("page_data", format!("{:#}", data(&page)));
}

#[test]
fn table_of_a_sweep() {
    let mut swept = results().sweeps.remove(0);
    for width in [100, 80] {
        let text = lastbyte::render::sweep::text(&swept, width);
        assert_snapshot!(format!("sweep_{width}"), text);
    }
    // Names are the project's own in this document, nothing is escaped.
    swept.left_out[0].what = "tunnel".to_owned();
    swept.instances.remove(0);
    // What has a class that is not there has none.
    swept.classes.truncate(1);
    swept.classes[0].references[0].link = "/finding.md".to_owned();
    assert_snapshot!("sweep_markdown", lastbyte::render::sweep::markdown(&swept));
}

#[test]
fn junit_markdown_and_explanations() {
    let results = results();
    assert_snapshot!("junit", lastbyte::render::junit::xml(&results));
    assert_snapshot!("markdown", lastbyte::render::markdown::summary(&results));
    let explained: Vec<_> = results
        .rows
        .iter()
        .map(|row| lastbyte::render::explain::sentences(row, &results))
        .collect();
    assert_snapshot!("explain", explained.join("\n"));
    let comparisons = results.comparisons.iter();
    let comparisons = comparisons.map(lastbyte::render::comparison::explained);
    let sweeps = results.sweeps.iter();
    let sweeps = sweeps.map(lastbyte::render::sweep::explained);
    let explained: Vec<_> = comparisons.chain(sweeps).collect();
    assert_snapshot!("explain_beside", explained.join("\n"));
}

#[test]
fn what_is_not_known_is_never_said_to_hold() {
    let mut results = results();
    let page = lastbyte::render::report::html(&results);
    let count = |page: &str, what: &str| page.matches(what).count();
    let holds = "</b> holds<";
    // 1.10.1 fails two of its properties. 1.11.0 fails one of them, and one of its two scenarios
    // is inconclusive.
    let properties = Property::ALL.len();
    assert_eq!(count(&page, holds), properties - 2);
    assert_eq!(count(&page, "</b> not known<"), properties - 1);
    assert_eq!(
        count(&page, "chip apart\""),
        1,
        "one has what is not applicable"
    );
    results.sweeps[0]
        .instances
        .retain(|instance| instance.inconclusive.is_none());
    let page = lastbyte::render::report::html(&results);
    assert_eq!(count(&page, holds), 2 * properties - 3);
    results.sweeps[0]
        .instances
        .retain(|instance| instance.subject == "1.10.1");
    let page = lastbyte::render::report::html(&results);
    assert_eq!(count(&page, "</b> not known<"), properties);
}

#[test]
fn what_was_not_run_or_not_as_declared_is_in_the_headline() {
    let mut results = results();
    let headline = |results: &Results| {
        let summary = lastbyte::render::markdown::summary(results);
        let page = lastbyte::render::report::html(results);
        let good = page.contains("<ul class=\"summary\">");
        (summary.lines().next().map(str::to_owned), good)
    };
    let told = |words: &str| Some(format!("### lastbyte: {words}"));
    let not_all = told("**not everything as declared**");
    assert_eq!(headline(&results), (not_all.clone(), false));
    let not_run = std::mem::take(&mut results.not_run);
    assert_eq!(headline(&results), (not_all, false));
    results.rows.retain(|row| row.holds);
    results
        .comparisons
        .retain(lastbyte::check::Compared::agrees);
    results.sweeps[0]
        .instances
        .retain(|instance| instance.inconclusive.is_none());
    assert_eq!(headline(&results), (told("everything as declared"), true));
    results.not_run = not_run;
    let words = "as declared, **but not everything was run**";
    assert_eq!(headline(&results), (told(words), false));
    results.complete = false;
    let words = "**partial, the run ended early**";
    assert_eq!(headline(&results), (told(words), false));
}

#[test]
fn every_part_of_a_long_summary_has_its_share() {
    let mut results = results();
    let rows = results.rows.clone();
    results.rows = (0..3_000).map(|n| rows[n % rows.len()].clone()).collect();
    let compared = results.comparisons.clone();
    let compared = |n: usize| {
        let mut one = compared[n % compared.len()].clone();
        one.subjects[0] = format!("hyper-{n}");
        one
    };
    results.comparisons = (0..3_000).map(compared).collect();
    results.sweeps[0].subjects = (0..200).map(|n| format!("revision-{n}")).collect();
    let summary = lastbyte::render::markdown::summary(&results);
    let parts: Vec<_> = summary.split("rows are left out here").collect();
    assert_eq!(parts.len(), 6, "what goes wrong twice, and three tables");
    let mut end = 0;
    for (part, share) in parts.iter().zip([20_000, 30_000, 40_000, 50_000, 60_000]) {
        end += part.len();
        // A row more did not fit, or it would be there.
        let longest = part.lines().map(str::len).max().unwrap_or(0);
        assert!(
            end > share - longest && end < share + 200,
            "{end} of {share}"
        );
        assert!(part.lines().filter(|line| line.starts_with("| ")).count() > 3);
    }
}

#[test]
fn markdown_fits_a_comment() {
    let mut results = results();
    let rows = results.rows.clone();
    while results.rows.len() < 3_000 {
        results.rows.extend(rows.iter().cloned());
    }
    let comparisons = results.comparisons.clone();
    while results.comparisons.len() < 3_000 {
        results.comparisons.extend(comparisons.iter().cloned());
    }
    for n in 0..300 {
        results.sweeps[0].subjects.push(format!("revision-{n}"));
    }
    let summary = lastbyte::render::markdown::summary(&results);
    assert!(summary.len() < 65_536, "{} bytes", summary.len());
    assert!(summary.contains("rows are left out here"));
    for part in ["Conformance", "The sweep of dispatch\\_loop", "All claims"] {
        let part = format!("<details><summary>{part}</summary>");
        assert_eq!(summary.matches(&part).count(), 1, "{part}");
    }
    assert_eq!(summary.matches("</details>").count(), 3);
    assert!(summary.ends_with("</details>\n"));
}

#[test]
fn report_is_whole_or_absent() {
    let dir = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("whole-or-absent");
    lastbyte::render::report::write(&dir.join("new/folder"), &results()).expect("it is writable");
    let page = std::fs::read_to_string(dir.join("new/folder/index.html")).expect("it is there");
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    assert!(page.len() < 2_000_000);
    assert_eq!(
        page.matches("<script").count(),
        2,
        "the data ends where it should"
    );
    assert!(!page.contains("<img") && !page.contains('\u{1b}') && !page.contains('\u{202e}'));
    let addresses = page.replace("http://www.w3.org/2000/svg", "");
    assert!(!addresses.contains("://"), "it needs no network");

    // A folder in the place of the page: it cannot be replaced, and nothing else is left after.
    let blocked = dir.join("blocked");
    std::fs::create_dir_all(blocked.join("index.html")).expect("it is writable");
    lastbyte::render::report::write(&blocked, &results()).expect_err("a folder is in the way");
    let left: Vec<_> = std::fs::read_dir(&blocked).expect("it is there").collect();
    assert_eq!(left.len(), 1);
    let file = dir.join("file");
    std::fs::write(&file, "").expect("it is writable");
    lastbyte::render::report::write(&file, &results()).expect_err("a file is no directory");
    std::fs::remove_dir_all(&dir).expect("it is the test's own");
}

/// The heads of the first table of the page.
fn heads(results: &Results) -> Vec<String> {
    let page = lastbyte::render::report::html(results);
    let (_, table) = page.split_once("<thead>").expect("a table");
    let (heads, _) = table.split_once("</thead>").expect("its heads");
    let heads = heads
        .split("</th>")
        .filter_map(|head| head.rsplit_once('>'));
    let heads = heads.map(|(_, text)| text.trim().to_owned());
    heads.filter(|text| !text.is_empty()).collect()
}

#[test]
fn revisions_stand_side_by_side_in_their_order_as_long_as_they_fit() {
    let of_revisions = |names: &[String]| {
        let mut results = Results::none();
        results.rows.extend(names.iter().map(|name| {
            let id = format!("model/{name}/claim");
            crate::fixtures::row(&id, Property::NoStall, Expected::Proved)
        }));
        heads(&results)
    };
    let mut names: Vec<_> = (0..11).rev().map(|n| format!("1.{n}.0")).collect();
    names.push("early".to_owned());
    let mut expected = vec!["property and scenarios".to_owned()];
    expected.extend((0..11).map(|n| format!("1.{n}.0")));
    expected.push("early".to_owned());
    assert_eq!(of_revisions(&names), expected);
    let turned = ["connection and scenarios", "no-stall"];
    names.push("one more".to_owned());
    assert_eq!(of_revisions(&names), turned);
    assert_eq!(of_revisions(&names[..1]), turned, "one of each");
}

#[test]
fn a_version_is_told_once() {
    let mut results = Results::none();
    for subject in ["1.7.0", "hyper-1.7.0", "hyper"] {
        let id = format!("model/{subject}/claim");
        let mut row = crate::fixtures::row(&id, Property::NoStall, Expected::Proved);
        row.version = Some("1.7.0".to_owned());
        results.rows.push(row);
    }
    assert_eq!(
        heads(&results)[1..4],
        ["1.7.0", "hyper-1.7.0", "hyper 1.7.0"]
    );
}

#[test]
fn a_deviation_is_told_once_with_its_scenarios() {
    let mut results = results();
    for compared in &mut results.comparisons {
        compared.deviation = Some(("size-of-400".to_owned(), "it counts".to_owned()));
    }
    let reason = Some(("size-of-400".to_owned(), "it differs".to_owned()));
    results.comparisons[0].deviation = reason;
    let page = lastbyte::render::report::html(&results);
    for told in [
        "<dt>size-of-400, 1 scenario family</dt><dd>it differs</dd>",
        "<dt>size-of-400, 3 scenario families</dt><dd>it counts</dd>",
    ] {
        assert_eq!(page.matches(told).count(), 1, "{told}");
    }
    assert_eq!(page.matches("<dt>size-of-400").count(), 2);
}

/// A trace is drawn from once, unless it is drawn in different ways.
#[test]
fn claims_share_what_is_drawn_of_their_traces() {
    let drawn = |claims: &[(Property, Trace)]| {
        let mut results = Results::none();
        results.rows.extend(claims.iter().map(|(property, trace)| {
            let mut row = crate::fixtures::row("model/subject/claim", *property, Expected::Refuted);
            row.counterexample = Some(Counterexample {
                instance: crate::fixtures::named("instance"),
                trace: trace.clone(),
            });
            row
        }));
        let page = lastbyte::render::report::html(&results);
        let data = data(&page);
        let rows = data["rows"].as_array().expect("rows");
        let places = rows
            .iter()
            .map(|row| row["counterexample"]["trace"].as_u64());
        let traces = data["traces"].as_array().expect("traces").len();
        (places.map(Option::unwrap).collect::<Vec<_>>(), traces)
    };
    let lost = lost_bytes();
    let mut longer = lost.clone();
    longer.capacity = 3;
    let silent = Property::NoSilentLoss;
    let told = drawn(&[
        (silent, lost.clone()),
        (Property::NothingTruncated, lost.clone()),
        (silent, longer.clone()),
        (Property::NoPanic, lost),
        (silent, longer),
    ]);
    // A panic leaves no bytes after, and is unavoidable from another step on.
    assert_eq!(told, (vec![0, 0, 1, 2, 1], 3));
}

#[test]
fn verdicts_in_a_document() {
    let mut results = results();
    results.rows.pop();
    assert_snapshot!("document", lastbyte::render::documents::verdicts(&results));
    assert_snapshot!(
        "document_summary",
        lastbyte::render::documents::summary(&results)
    );
}

#[test]
fn comparisons_in_a_document_are_replaced_one_by_one() {
    use lastbyte::render::documents::{CLOSE, COMPARISONS, fill, open};
    let old =
        "| real connection | model |\n|---|---|\n| hyper-1.12.0 | old |\n| hyper-1.9.0 | kept |";
    let document = format!(
        "before\n{}\n\n{old}\n\n{CLOSE}\nbehind\n",
        open(COMPARISONS)
    );
    let new = fill(&document, &results()).expect("it has a place");
    assert_snapshot!("document_comparisons", new);
    assert_eq!(fill(&new, &results()), Some(new));
    assert_eq!(fill("no place", &results()), None);
}

/// A run of everything has about 300 claims, 200 comparisons and 3,300 combinations.
#[test]
fn a_report_of_more_than_everything_fits_a_mail() {
    let mut results = results();
    let lost = lost_bytes();
    let rows = results.rows[..4].to_vec();
    results.rows = (0..400)
        .map(|n| {
            let mut row = rows[n % rows.len()].clone();
            row.id = crate::fixtures::named(&format!("ordering/claim-{n}"));
            row.counterexample = (n % 2 == 0).then(|| {
                let mut trace = lost.clone();
                let turns = (0..60).map(|step| lost.steps[step % lost.steps.len()].clone());
                trace.steps = turns.collect();
                // No two of them are the same.
                trace.steps[0].levels.received = n;
                Counterexample {
                    instance: crate::fixtures::named(&format!("instance-{n}")),
                    trace,
                }
            });
            row
        })
        .collect();
    let compared = results.comparisons.clone();
    results.comparisons = (0..400)
        .map(|n| compared[n % compared.len()].clone())
        .collect();
    let swept = &mut results.sweeps[0];
    let instance = swept.instances[0].clone();
    swept.subjects = (0..10).map(|n| format!("1.{n}.0")).collect();
    swept.instances = (0..5_000)
        .map(|n| {
            let mut instance = instance.clone();
            instance.subject = format!("1.{}.0", n % 10);
            instance.scenario = format!("pipelined.body-of-any-kind.deferred.queue.use-{}", n / 10);
            let refuted = Property::ALL.into_iter().skip(n % 9).take(3);
            instance.refuted = refuted.map(|property| (property, n)).collect();
            instance
        })
        .collect();
    let begun = std::time::Instant::now();
    let page = lastbyte::render::report::html(&results);
    println!("{} bytes in {:?}", page.len(), begun.elapsed());
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
    let told = page.matches("deferred.queue.use-499").count();
    assert!(
        told <= 1,
        "a name is there once, however many fields have it"
    );
}

#[test]
fn what_was_built_on_its_own_says_how() {
    let mut results = results();
    results.real = true;
    let page = lastbyte::render::report::html(&results);
    for command in [
        "cargo verify --real=1.12.0 --only conformance/hyper-1.12.0/pipelined<",
        "cargo verify --real --only conformance<",
        "cargo verify --real=1.7.0 --only hyper/hyper/1.7.0/body-dropped\"",
    ] {
        assert!(page.contains(command), "{command}");
    }
}

#[test]
fn growth_is_drawn_for_one_claim_and_for_one_claim_per_size() {
    let drawn = |results: &lastbyte::check::results::Results| {
        let page = lastbyte::render::report::html(results);
        let figures = page.matches("<figure class=\"growth\">").count();
        let points = page.matches("<circle").count();
        (figures, points)
    };
    let mut results = results();
    assert_eq!(
        drawn(&results),
        (1, 10),
        "five sizes, executions and seconds"
    );
    let whole = results.rows.remove(3);
    for figures in &whole.each {
        let mut row = whole.clone();
        row.id = crate::fixtures::named(&format!("{}/{}", whole.id, figures.scenario));
        row.scenario = figures.scenario.clone();
        row.each = vec![figures.clone()];
        results.rows.push(row);
    }
    assert_eq!(drawn(&results), (1, 10));
}
