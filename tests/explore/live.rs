//! The same kernel, reader and dispatcher on std types under tokio: one interleaving, not all.
//!
//! This is the build without `--cfg loom`. It shows that the parts work together and that the
//! model's bytes are real; it proves nothing about other interleavings.

#[cfg(loom)]
#[test]
fn std_types_are_tested_without_cfg_loom() {
    eprintln!("covered by `cargo test`, the build without --cfg loom");
}

#[cfg(not(loom))]
mod under_tokio {
    use std::io::IoSlice;
    use std::sync::Arc;
    use std::time::Duration;

    use futures::AsyncWriteExt;
    use lastbyte::explore::run_once;
    use lastbyte::trace::{Ending, Event, ReaderEnding};
    use lastbyte::{Property, Reader, Running, Scenario, Socket, Subject};
    use lastbyte_models::shutdown_ordering::{Connection, Ordering, ReadSide};
    use tokio::time::timeout;

    fn connection(ordering: Ordering, response: usize) -> Arc<dyn Subject> {
        Arc::new(Connection {
            ordering,
            read_side: ReadSide::Closes,
            response,
        })
    }

    #[tokio::test]
    async fn original_loses_what_the_kernel_did_not_take() {
        let scenario = Scenario::new("larger", 3, Reader::PROMPT).with_input("1");
        let seen = run_once(&connection(Ordering::Original, 8), &scenario).await;
        assert_eq!(seen.outcome.subject, Ending::Ok);
        assert_eq!(seen.outcome.reader, ReaderEnding::CutShort);
        assert_eq!(seen.outcome.received, seen.outcome.accepted);
        assert!(seen.broken.contains(&Property::NoSilentLoss), "{seen:?}");
    }

    #[tokio::test]
    async fn flush_before_shutdown_delivers_everything() {
        for (n, k) in [(1, 1), (8, 3), (64, 4), (1000, 7)] {
            let scenario = Scenario::new("any", k, Reader::slow(2)).with_input("1");
            let seen = run_once(&connection(Ordering::FlushBeforeShutdown, n), &scenario).await;
            assert_eq!(seen.outcome.reader, ReaderEnding::Complete, "N={n} K={k}");
            assert!(seen.broken.is_empty(), "{seen:?}");
        }
    }

    #[tokio::test]
    async fn a_reset_is_reported() {
        let scenario = Scenario::new("reset", 3, Reader::PROMPT.resets_after(3)).with_input("1");
        let seen = run_once(&connection(Ordering::FlushBeforeShutdown, 8), &scenario).await;
        assert!(matches!(seen.outcome.subject, Ending::Err(_)), "{seen:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_stops_is_waited_for() {
        // Time is tokio's and paused: an hour passes at once when nobody can move.
        let hour = Duration::from_secs(3600);
        let scenario = Scenario::new("stop", 3, Reader::PROMPT.stops_after(1)).with_input("1");
        let waits = connection(Ordering::FlushBeforeShutdown, 8);
        assert!(timeout(hour, run_once(&waits, &scenario)).await.is_err());
        let ends = connection(Ordering::Original, 8);
        assert!(timeout(hour, run_once(&ends, &scenario)).await.is_ok());
    }

    /// Writes several slices until all are taken, over a socket with or without vectored writes.
    struct Slices {
        vectored: bool,
    }

    impl Subject for Slices {
        fn start(&self, socket: Socket) -> Running {
            let mut socket = socket.with_vectored_writes(self.vectored);
            Box::pin(async move {
                socket.handle().expect_delivery("abc".into());
                let mut rest: &[u8] = b"abc";
                while !rest.is_empty() {
                    let (first, others) = rest.split_at(1);
                    let slices = [&[], first, others].map(IoSlice::new);
                    let taken = socket.write_vectored(&slices).await;
                    rest = &rest[taken.map_err(|error| error.to_string())?..];
                }
                socket.close().await.map_err(|error| error.to_string())
            })
        }
    }

    #[tokio::test]
    async fn a_vectored_write_is_one_call_where_the_socket_has_it() {
        for (vectored, calls) in [(true, vec![3]), (false, vec![1, 1, 1])] {
            let scenario = Scenario::new("slices", 3, Reader::PROMPT);
            let slices: Arc<dyn Subject> = Arc::new(Slices { vectored });
            let seen = run_once(&slices, &scenario).await;
            assert_eq!(seen.outcome.reader, ReaderEnding::Complete);
            let steps = seen.trace.steps.iter();
            let offered: Vec<usize> = steps
                .filter_map(|step| match step.event {
                    Event::Write { offered, .. } => Some(offered),
                    _ => None,
                })
                .collect();
            assert_eq!(offered, calls);
        }
    }
}
