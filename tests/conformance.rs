//! The comparison of the model with real hyper can fail, and its document shows what the program
//! finds.

#[cfg(not(loom))]
#[test]
fn conformance_needs_cfg_loom() {
    eprintln!("the model is compared with hyper by RUSTFLAGS=\"--cfg loom\" cargo test");
}

#[cfg(loom)]
#[test]
fn debug() {
    use lastbyte::*;
    use std::sync::Arc;
    let name = std::env::var("SIT").unwrap();
    let releases = lastbyte_models::conformance::releases();
    let c = releases[1]
        .comparisons()
        .into_iter()
        .find(|c| c.situation == name)
        .unwrap();
    for cell in &c.pairs[0] {
        println!("=== {}", cell.id());
        let done = Arc::new(std::sync::Mutex::new(0));
        let e = Explorer {
            caching: false,
            limits: Limits {
                executions: Some(1),
                ..Limits::default()
            },
            observer: Some(Arc::new(move |t, _| {
                let mut d = done.lock().unwrap();
                *d += 1;
                if *d > 1 {
                    return;
                }
                for s in &t.steps {
                    println!("{} {:?}", t.actors[s.actor.0 as usize], s.event);
                }
            })),
            ..Explorer::default()
        };
        e.explore(&cell.run, &cell.scenario);
    }
}
