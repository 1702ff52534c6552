//! Panics in every place, stacks that are too small, and framings that go wrong.

use std::sync::Arc;

use bytes::Bytes;
use lastbyte::environment::{Contradiction, Raw};
use lastbyte::trace::{Definition, Event, Exploration, Inconclusive};
use lastbyte::{Framing, Property, Running, Scenario, Socket, Subject};

use super::support::*;

#[inline(never)]
fn deep(n: u64) -> u64 {
    let local = std::hint::black_box([n as u8; 1024]);
    if n == 0 {
        return local[0].into();
    }
    deep(n - 1) + u64::from(local[7])
}

#[track_caller]
fn overflows(explored: &Exploration, who: &str) {
    let expected = |why: &Inconclusive| matches!(why, Inconclusive::StackOverflow { .. });
    is_inconclusive(
        explored,
        expected,
        &["stack overflow", who, "`stack_bytes`"],
    );
}

/// Where a framing goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Receive,
    IsComplete,
    Missing,
    IsOpen,
    Digest,
}

/// And how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Panics,
    Loops,
    Overflows,
}

/// The raw framing that goes wrong once a byte has come.
#[derive(Debug, Default)]
struct Wrong<const AT: usize, const HOW: usize> {
    raw: Raw,
    begun: bool,
}

const PLACES: [At; 5] = [
    At::Receive,
    At::IsComplete,
    At::Missing,
    At::IsOpen,
    At::Digest,
];
const WAYS: [How; 3] = [How::Panics, How::Loops, How::Overflows];

impl<const AT: usize, const HOW: usize> Wrong<AT, HOW> {
    fn at(&self, place: At) {
        if PLACES[AT] != place || !self.begun {
            return;
        }
        match WAYS[HOW] {
            How::Panics => panic!("in {place:?}"),
            How::Loops => while std::hint::black_box(true) {},
            How::Overflows => drop(std::hint::black_box(deep(1 << 20))),
        }
    }
}

impl<const AT: usize, const HOW: usize> Framing for Wrong<AT, HOW> {
    fn receive(&mut self, bytes: &[u8], promises: &[Bytes]) -> Result<(), Contradiction> {
        self.begun = true;
        self.at(At::Receive);
        self.raw.receive(bytes, promises)
    }

    fn is_complete(&self, promises: &[Bytes]) -> bool {
        self.at(At::IsComplete);
        self.raw.is_complete(promises)
    }

    fn missing(&self, promises: &[Bytes]) -> usize {
        self.at(At::Missing);
        self.raw.missing(promises)
    }

    fn is_open(&self) -> bool {
        self.at(At::IsOpen);
        false
    }

    fn digest(&self) -> u64 {
        self.at(At::Digest);
        self.raw.digest()
    }
}

fn with_framing<const AT: usize, const HOW: usize>() -> Arc<dyn Subject> {
    let framing = || -> Box<dyn Framing> { Box::new(Wrong::<AT, HOW>::default()) };
    made(|socket| deliver(socket, b"abcd"))
        .framed(framing)
        .arc()
}

/// Panics when it is asked for this.
#[derive(Debug)]
struct Asked(&'static str);

impl Asked {
    fn for_(&self, what: &str) {
        assert!(what != self.0, "asked for {what}");
    }
}

impl Subject for Asked {
    fn start(&self, socket: Socket) -> Running {
        self.for_("start");
        Box::pin(deliver(socket, b"abc"))
    }

    fn actor(&self) -> String {
        self.for_("actor");
        "asked".to_owned()
    }

    fn framing(&self) -> Box<dyn Framing> {
        self.for_("framing");
        Box::new(Raw::default())
    }

    fn stack_bytes(&self) -> usize {
        self.for_("stack");
        64 * 1024
    }

    fn reads_while_writing(&self) -> bool {
        self.for_("reading");
        false
    }

    fn varying(&self) -> &'static [(&'static [u8], usize)] {
        self.for_("varying");
        &[]
    }
}

/// A payload that panics when it is dropped.
struct Payload;

impl Drop for Payload {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic!("the payload is dropped");
        }
    }
}

each_apart! {
    fn a_panic_is_an_outcome() {
        let panics = subject(|mut socket| async move {
            write(&mut socket, b"abcd").await?;
            if std::hint::black_box(true) {
                panic!("as a subject does");
            }
            Ok(())
        });
        let explored = explore(&panics, &plain());
        assert_eq!(explored.inconclusive, None);
        panics_with(&explored, "as a subject does");
    }

    fn a_panic_without_a_text() {
        let panics = subject(|_socket| async move { std::panic::panic_any(7) });
        panics_with(&explore(&panics, &plain()), "a panic without a text");
    }

    fn a_payload_that_panics_when_it_is_dropped() {
        let panics = subject(|_socket| async move { std::panic::panic_any(Payload) });
        let explored = explore(&panics, &plain());
        let told = match &explored.inconclusive {
            Some(why) => why.to_string(),
            None => {
                is_refuted(&explored, Property::NoPanic);
                return;
            }
        };
        assert!(told.contains("the payload is dropped"), "{told}");
        is_inconclusive(&explored, |why| matches!(why, Inconclusive::Crashed(_)), &[]);
    }

    fn start_panics() {
        let explored = explore(&(Arc::new(Asked("start")) as Arc<dyn Subject>), &plain());
        assert_eq!(explored.inconclusive, None);
        panics_with(&explored, "asked for start");
    }

    fn everything_else_that_a_subject_is_asked_for_panics() {
        for what in ["actor", "framing", "stack", "reading", "varying"] {
            let subject: Arc<dyn Subject> = Arc::new(Asked(what));
            for explored in [explore(&subject, &plain()), explorer().decide(&subject, &plain())] {
                let told = format!("asked for {what}");
                is_inconclusive(&explored, |why| matches!(why, Inconclusive::Crashed(_)), &[&told]);
            }
        }
    }

    fn a_framing_that_panics() {
        let cases: [(At, Arc<dyn Subject>); 5] = [
            (At::Receive, with_framing::<0, 0>()),
            (At::IsComplete, with_framing::<1, 0>()),
            (At::Missing, with_framing::<2, 0>()),
            (At::IsOpen, with_framing::<3, 0>()),
            (At::Digest, with_framing::<4, 0>()),
        ];
        for (place, subject) in cases {
            println!("{place:?}");
            let explored = explore(&subject, &plain());
            assert_eq!(explored.inconclusive, None);
            panics_with(&explored, &format!("the framing panicked: in {place:?}"));
        }
    }

    fn a_framing_that_loops_for_ever() {
        let cases = [
            with_framing::<0, 1>(),
            with_framing::<1, 1>(),
            with_framing::<2, 1>(),
            with_framing::<3, 1>(),
            with_framing::<4, 1>(),
        ];
        for (place, subject) in PLACES.iter().zip(cases) {
            println!("{place:?}");
            let explored = explore(&subject, &plain());
            is_inconclusive(&explored, |why| matches!(why, Inconclusive::PollNeverEnds { .. }), &["did not end"]);
        }
    }

    fn a_framing_that_overflows_the_stack() {
        let cases = [
            with_framing::<0, 2>(),
            with_framing::<1, 2>(),
            with_framing::<2, 2>(),
            with_framing::<3, 2>(),
            with_framing::<4, 2>(),
        ];
        for (place, subject) in PLACES.iter().zip(cases) {
            println!("{place:?}");
            // Both read the stream: the one that writes it, and the one that receives it.
            overflows(&explore(&subject, &plain()), "needs more than its");
        }
    }

    fn recursion_without_end() {
        let recurses = subject(|mut socket| async move {
            write(&mut socket, b"abcd").await?;
            deep(1 << 30);
            socket.close().await.map_err(text)
        });
        for _ in 0..3 {
            overflows(&explore(&recurses, &plain()), "dispatcher");
            overflows(&explorer().decide(&recurses, &plain()), "dispatcher");
        }
        // And the next one is none the worse for it.
        is_clean(&explore(&subject(|socket| deliver(socket, b"abcd")), &plain()));
    }

    /// The same with a stack that suffices.
    fn large_locals() {
        let large = |stack| {
            made(|mut socket| async move {
                let big = std::hint::black_box([1; 128 * 1024]);
                socket.handle().expect_delivery(Bytes::copy_from_slice(&big[..4]));
                socket.write_all(&big[..4]).await.map_err(text)?;
                deep(100);
                socket.close().await.map_err(text)
            })
            .stack(stack)
            .arc()
        };
        overflows(&explore(&large(64 * 1024), &plain()), "65536 bytes");
        is_clean(&explore(&large(1 << 20), &plain()));
    }

    fn stacks_of_strange_sizes() {
        let sized = |stack| made(|socket| deliver(socket, b"abc")).stack(stack).arc();
        for stack in [0, 1, 4096, 5000] {
            println!("{stack}");
            let explored = explore(&sized(stack), &plain());
            if explored.inconclusive.is_some() {
                overflows(&explored, "dispatcher");
            } else {
                is_clean(&explored);
            }
        }
        for stack in [usize::MAX, usize::MAX / 2, 1 << 46] {
            println!("{stack}");
            let explored = explore(&sized(stack), &plain());
            is_inconclusive(&explored, |why| matches!(why, Inconclusive::Crashed(_)), &[]);
        }
    }

    fn a_property_that_panics() {
        static PANICS: Definition = Definition {
            name: "panics",
            sentence: "It cannot be said.",
            check: |moment, _| {
                let writes = matches!(moment.of_subject(), Some(Event::Write { .. } | Event::Close));
                assert!(!writes, "what is this");
                false
            },
        };
        let scenario = Scenario {
            properties: vec![Property::Custom(&PANICS)],
            ..plain()
        };
        let explored = explore(&subject(|socket| deliver(socket, b"abcd")), &scenario);
        let verdict = explored.verdict(Property::Custom(&PANICS));
        assert_ne!(verdict, lastbyte::Verdict::Proved);
        let told = match &explored.inconclusive {
            Some(why) => why.to_string(),
            None => format!("{:?}", explored.counterexamples[&Property::NoPanic].steps),
        };
        assert!(told.contains("what is this"), "{told}");
    }
}
