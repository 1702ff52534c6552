//! What loom 0.7.3 gets wrong about atomics and `try_lock`, pinned.
//!
//! None of this touches an exploration: lastbyte's modelled state sits after one mutex and knows
//! no atomics and no `try_lock`. When one of these tests fails after an upgrade, loom has changed
//! what it explores: read what is said about loom in DESIGN.md again, and run the calibration.

mod canaries {
    use std::collections::BTreeSet;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::{Arc, Mutex};

    use loom::sync::atomic::AtomicUsize;
    use loom::sync::atomic::Ordering::{Relaxed, SeqCst};
    use loom::thread;

    /// Every outcome of a model, and how loom ended if it did not end well.
    fn outcomes<T: Ord + Send + 'static>(
        model: impl Fn() -> T + Send + Sync + 'static,
    ) -> (BTreeSet<T>, Option<String>) {
        let seen: Arc<Mutex<BTreeSet<T>>> = Arc::default();
        let into = seen.clone();
        let mut builder = loom::model::Builder::new();
        builder.preemption_bound = None;
        let checked = catch_unwind(AssertUnwindSafe(|| {
            builder.check(move || {
                let outcome = model();
                into.lock().expect("no panic").insert(outcome);
            });
        }));
        let message = checked.err().map(|payload| {
            let text = payload.downcast::<String>().map(|text| *text);
            text.unwrap_or_else(|_| "no text".to_owned())
        });
        (
            std::mem::take(&mut *seen.lock().expect("no panic")),
            message,
        )
    }

    /// tokio-rs/loom#166: a load whose result is not used takes an outcome away. Both programs have
    /// the same four.
    #[test]
    fn a_redundant_load_hides_outcomes() {
        let outcomes = |redundant_load| {
            outcomes(move || {
                let cells = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0)));
                let (written, read) = (cells.clone(), cells);
                let writer = thread::spawn(move || {
                    let (key, value) = &*written;
                    key.store(1, SeqCst);
                    value.store(1, SeqCst);
                    value.store(0, SeqCst);
                    if redundant_load {
                        key.load(SeqCst);
                    }
                    key.store(0, SeqCst);
                });
                let reader = thread::spawn(move || {
                    let (key, value) = &*read;
                    let value = value.load(SeqCst);
                    (value, key.load(SeqCst))
                });
                writer.join().expect("no panic");
                reader.join().expect("no panic")
            })
        };
        let all = BTreeSet::from([(0, 0), (0, 1), (1, 0), (1, 1)]);
        let some = BTreeSet::from([(0, 0), (0, 1), (1, 1)]);
        assert_eq!(outcomes(false), (all, None));
        assert_eq!(outcomes(true), (some, None));
    }

    /// tokio-rs/loom#392: when a new thread begins with a load, the interleaving in which it stores
    /// before the main thread looks is not explored.
    #[test]
    fn a_first_load_hides_an_interleaving() {
        let outcomes = |begins_with_a_load| {
            outcomes(move || {
                let cell = Arc::new(AtomicUsize::new(0));
                let shared = cell.clone();
                let other = thread::spawn(move || {
                    if begins_with_a_load {
                        shared.load(Relaxed);
                    }
                    shared.store(1, Relaxed);
                });
                let seen = cell.load(Relaxed);
                other.join().expect("no panic");
                seen
            })
        };
        assert_eq!(outcomes(false), (BTreeSet::from([0, 1]), None));
        assert_eq!(outcomes(true), (BTreeSet::from([0]), None));
    }

    /// tokio-rs/loom#254: a swap reads the value before a store, and what it wrote is nevertheless
    /// the last value: (0, 0) is no outcome of any machine.
    #[test]
    fn a_swap_is_not_atomic() {
        let seen = outcomes(|| {
            let cell = Arc::new(AtomicUsize::new(0));
            let shared = cell.clone();
            let other = thread::spawn(move || shared.swap(0, Relaxed));
            cell.store(1, Relaxed);
            let before = other.join().expect("no panic");
            (before, cell.load(Relaxed))
        });
        assert_eq!(seen, (BTreeSet::from([(0, 0), (0, 1), (1, 0)]), None));
    }

    /// tokio-rs/loom#376: a `try_lock` that is about to fail counts as waiting for the lock.
    #[test]
    fn two_try_locks_deadlock() {
        let (_, message) = outcomes(|| {
            let lock = Arc::new(loom::sync::Mutex::new(()));
            let shared = lock.clone();
            let other = thread::spawn(move || drop(shared.try_lock()));
            let guard = lock.try_lock();
            other.join().expect("no panic");
            drop(guard);
        });
        let message = message.unwrap_or_default();
        assert!(message.starts_with("deadlock; threads ="), "{message}");
    }
}
