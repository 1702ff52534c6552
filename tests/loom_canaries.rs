//! What loom 0.7.3 gets wrong about atomics and `try_lock`, pinned.
//!
//! None of this touches an exploration: lastbyte's modelled state knows no atomics and no
//! `try_lock`. When one of these tests fails after an upgrade, loom has changed its mind about
//! something, and the statements about loom in DESIGN.md want to be read again.

#[cfg(not(loom))]
#[test]
fn covered_by_the_build_with_cfg_loom() {}

#[cfg(loom)]
mod canaries {
    use std::collections::BTreeSet;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::{Arc, Mutex};

    use loom::sync::Arc as LoomArc;
    use loom::sync::atomic::AtomicUsize;
    use loom::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
    use loom::thread;

    type Seen<T> = Arc<Mutex<BTreeSet<T>>>;

    /// Every outcome of a model.
    fn outcomes<T: Ord + Send + 'static>(
        model: impl Fn() -> T + Send + Sync + 'static,
    ) -> BTreeSet<T> {
        let seen: Seen<T> = Arc::default();
        let into = seen.clone();
        let mut builder = loom::model::Builder::new();
        builder.preemption_bound = None;
        builder.check(move || {
            let outcome = model();
            into.lock().expect("no panic").insert(outcome);
        });
        std::mem::take(&mut *seen.lock().expect("no panic"))
    }

    fn two_cells() -> (LoomArc<AtomicUsize>, LoomArc<AtomicUsize>) {
        (
            LoomArc::new(AtomicUsize::new(0)),
            LoomArc::new(AtomicUsize::new(0)),
        )
    }

    /// tokio-rs/loom#166: a sequentially consistent load may miss a sequentially consistent store
    /// that came before it. The outcome (0, 0) of store buffering is forbidden.
    #[test]
    fn sequential_consistency_of_accesses_is_weaker_than_it_should_be() {
        let seen = outcomes(|| {
            let (x, y) = two_cells();
            let (x2, y2) = (x.clone(), y.clone());
            let other = thread::spawn(move || {
                x2.store(1, SeqCst);
                y2.load(SeqCst)
            });
            y.store(1, SeqCst);
            let mine = x.load(SeqCst);
            (mine, other.join().expect("no panic"))
        });
        println!("{seen:?}");
    }

    /// Load buffering: with relaxed accesses (1, 1) is allowed, and loom cannot produce it.
    #[test]
    fn a_load_never_sees_a_later_store() {
        let seen = outcomes(|| {
            let (x, y) = two_cells();
            let (x2, y2) = (x.clone(), y.clone());
            let other = thread::spawn(move || {
                let seen = x2.load(Relaxed);
                y2.store(1, Relaxed);
                seen
            });
            let mine = y.load(Relaxed);
            x.store(1, Relaxed);
            (mine, other.join().expect("no panic"))
        });
        println!("{seen:?}");
    }

    /// Independent reads of independent writes.
    #[test]
    fn iriw() {
        for order in [Acquire, SeqCst] {
            let seen = outcomes(move || {
                let (x, y) = two_cells();
                let write = if order == Acquire { Release } else { SeqCst };
                let (x1, y1, x2, y2) = (x.clone(), y.clone(), x.clone(), y.clone());
                let a = thread::spawn(move || x1.store(1, write));
                let b = thread::spawn(move || y1.store(1, write));
                let c = thread::spawn(move || (x2.load(order), y2.load(order)));
                let d = (y.load(order), x.load(order));
                a.join().unwrap();
                b.join().unwrap();
                (c.join().unwrap(), d)
            });
            println!("{order:?} {} {seen:?}", seen.contains(&((1, 0), (1, 0))));
        }
    }

    /// tokio-rs/loom#376: a failed `try_lock` counts as waiting for the lock.
    #[test]
    fn try_lock() {
        let seen: Seen<bool> = Arc::default();
        let into = seen.clone();
        let checked = catch_unwind(AssertUnwindSafe(|| {
            loom::model(move || {
                let lock = Arc::new(loom::sync::Mutex::new(()));
                let other = lock.clone();
                let thread = thread::spawn(move || drop(other.lock().unwrap()));
                let tried = lock.try_lock().is_ok();
                into.lock().unwrap().insert(tried);
                thread.join().unwrap();
            });
        }));
        println!(
            "{:?} {:?}",
            checked.map_err(|e| e.downcast_ref::<String>().cloned()),
            seen.lock()
        );
    }
}
