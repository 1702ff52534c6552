//! survey
#[cfg(loom)]
fn main() {
    use lastbyte::*;
    use lastbyte_models::hyper_h1::*;
    println!("{} {}", v1::VERSION, v0_14::VERSION);
    let args: Vec<String> = std::env::args().collect();
    let filter = args.get(1).cloned().unwrap_or_default();
    for (name, make) in [
        (
            "0.14",
            v0_14::subject as fn(Server) -> std::sync::Arc<dyn Subject>,
        ),
        ("1", v1::subject),
    ] {
        for shape in shapes::shapes() {
            for k in shapes::CAPACITIES {
                if !format!("{name}/{}/{k}", shape.name).contains(&filter) {
                    continue;
                }
                for caching in [false, true] {
                    let sc = shape.scenario(
                        k,
                        args.get(2).map_or(Reader::PROMPT, |r| r.parse().unwrap()),
                    );
                    let e = Explorer {
                        caching,
                        limits: Limits {
                            time: Some(std::time::Duration::from_secs(20)),
                            ..Default::default()
                        },
                        ..Default::default()
                    }
                    .explore(&make(shape.server.clone()), &sc);
                    println!(
                        "{name} {} K={k} cache={caching}: {} exec {} pruned {:.3}s depth {} cut {:?} refuted {:?}",
                        shape.name,
                        e.executions,
                        e.pruned,
                        e.seconds,
                        e.depth,
                        e.cut,
                        e.counterexamples
                            .keys()
                            .map(|p| p.name())
                            .collect::<Vec<_>>()
                    );
                    if caching {
                        for (o, n) in &e.histogram {
                            println!("    {n} x {o}");
                        }
                    }
                    if args.len() > 3 {
                        if let Some((p, t)) = e.counterexamples.iter().next() {
                            println!("{p}");
                            for s in &t.steps {
                                println!(
                                    "  {} {:?} {:?}",
                                    t.actor_name(s.actor),
                                    s.event,
                                    s.levels
                                );
                            }
                        }
                    }
                }
            }
        }
    }
}
#[cfg(not(loom))]
fn main() {}
