//! x
#![cfg(loom)]
use lastbyte::{Explorer, Limits, Property, Verdict};
use lastbyte_models::dispatch_loop::{REVISIONS, cell, situations, summary};
#[test]
fn print() {
    let only = std::env::var("ONLY").ok();
    let rev = std::env::var("REV").ok();
    let start = std::time::Instant::now();
    let mut all = vec![];
    for case in situations() {
        if only.as_deref().is_some_and(|o| !case.name().contains(o)) {
            continue;
        }
        println!("## {} {:?}", case.name(), case.about);
        for revision in REVISIONS {
            if rev.as_deref().is_some_and(|o| revision.name != o) {
                continue;
            }
            let Some(cell) = cell(&case, &revision) else {
                continue;
            };
            let e = Explorer {
                limits: Limits {
                    executions: Some(100_000),
                    ..Limits::default()
                },
                ..Explorer::default()
            }
            .explore(&cell.run, &cell.scenario);
            let refuted: Vec<_> = Property::ALL
                .iter()
                .filter(|p| e.verdict(**p) == Verdict::Refuted)
                .map(|p| p.name())
                .collect();
            let ok = e
                .histogram
                .keys()
                .filter(|o| o.subject == lastbyte::Ending::Ok)
                .count();
            println!(
                "{:>11} {:6} execs {:.2}s cut {:?} ok-outcomes {}/{} refuted {}",
                revision.name,
                e.executions,
                e.seconds,
                e.cut,
                ok,
                e.histogram.len(),
                refuted.join(" ")
            );
            if std::env::var("SHOW").is_ok() {
                for o in e.histogram.keys() {
                    println!("      {o}");
                }
                for (p, t) in &e.counterexamples {
                    println!("   {p}");
                    for s in &t.steps {
                        println!(
                            "        {} {:?} {:?}",
                            t.actor_name(s.actor),
                            s.event,
                            (s.levels.inside, s.levels.kernel, s.levels.received)
                        );
                    }
                }
            }
            all.push((cell, e));
        }
    }
    println!(
        "{} cells in {:?}; slowest {:?}",
        all.len(),
        start.elapsed(),
        all.iter()
            .map(|(c, e)| ((e.seconds * 1000.0) as u64, c.id()))
            .max()
    );
    for e in summary(all.iter().map(|(c, e)| (c, e))) {
        if e.refuted > 0 {
            println!("{:?}", e);
        }
    }
}
