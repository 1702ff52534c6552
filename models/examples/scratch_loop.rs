//! scratch
#[cfg(loom)]
fn main() {
    use lastbyte::*;
    use lastbyte_models::dispatch_loop::*;
    let case = situations()
        .into_iter()
        .find(|c| c.name() == "close.full.two-phase.flatten")
        .unwrap();
    let c = cell(&case, &PROPOSED).unwrap();
    for caching in [true, false] {
        let e = Explorer {
            caching,
            limits: Limits {
                executions: Some(2000),
                steps: 60,
                ..Limits::default()
            },
            ..Explorer::default()
        }
        .explore(&c.run, &c.scenario);
        println!(
            "{} {:?} {:?} depth {}",
            e.executions, e.cut, e.histogram, e.depth
        );
    }
    let t = Explorer {
        limits: Limits {
            steps: 60,
            ..Limits::default()
        },
        ..Explorer::default()
    }
    .replay(
        &c.run,
        &c.scenario,
        &[
            ActorId(0),
            ActorId(1),
            ActorId(1),
            ActorId(1),
            ActorId(1),
            ActorId(1),
            ActorId(1),
        ],
    );
    println!("{t:?}");
}
#[cfg(not(loom))]
fn main() {}
