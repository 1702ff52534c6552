//! x
#[cfg(loom)]
fn main() {
    use lastbyte::{Explorer, Reader, Scenario, Subject};
    use lastbyte_models::shutdown_ordering::{Connection, Ordering, ReadSide};
    use std::sync::Arc;
    for (o, n, k, r, c) in [
        (Ordering::FlushBeforeShutdown, 2, 1, Reader::PROMPT, false),
        (Ordering::Original, 4, 1, Reader::PROMPT, true),
        (Ordering::FlushBeforeShutdown, 4, 1, Reader::PROMPT, false),
        (Ordering::FlushBeforeShutdown, 8, 2, Reader::slow(1), false),
        (Ordering::FlushBeforeShutdown, 8, 1, Reader::PROMPT, false),
        (Ordering::FlushBeforeShutdown, 8, 1, Reader::PROMPT, true),
        (Ordering::FlushBeforeShutdown, 64, 4, Reader::slow(1), true),
        (Ordering::FlushBeforeShutdown, 64, 4, Reader::PROMPT, true),
        (Ordering::FlushBeforeShutdown, 64, 8, Reader::slow(2), true),
        (Ordering::FlushBeforeShutdown, 128, 4, Reader::slow(1), true),
    ] {
        let s: Arc<dyn Subject> = Arc::new(Connection {
            ordering: o,
            read_side: ReadSide::Closes,
            response: n,
        });
        let sc = Scenario::new("x", k, r).with_input("R");
        let e = Explorer {
            caching: c,
            ..Default::default()
        }
        .explore(&s, &sc);
        println!(
            "{o:?} N={n} K={k} {r} cache={c}: {} executions {} pruned {} states depth {} {:.3}s cut {:?}",
            e.executions, e.pruned, e.states, e.depth, e.seconds, e.cut
        );
        for (o, c) in &e.histogram {
            println!("   {c} x {o}");
        }
        for (p, t) in e.counterexamples.iter().take(1) {
            println!(
                "   {p}: {:?}",
                t.steps
                    .iter()
                    .map(|s| (s.actor.0, s.event.clone(), s.levels))
                    .collect::<Vec<_>>()
            );
        }
    }
}
#[cfg(not(loom))]
fn main() {}
