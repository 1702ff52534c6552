//! Which step is named as the one after which every continuation breaks the property.

use std::sync::Arc;

use bytes::Bytes;
use futures::io::AsyncWriteExt;
use lastbyte::trace::{ActorId, Event, Step};
use lastbyte::{Property, Reader, Scenario, Socket, Subject, Trace};
use lastbyte_models::mutants::KernelDefect;
use lastbyte_models::shutdown_ordering::{Connection, Ordering, ReadSide};

use super::support::*;

#[track_caller]
fn unavoidable(
    subject: &Arc<dyn Subject>,
    scenario: &Scenario,
    property: Property,
) -> (Trace, Step) {
    let explored = explorer().decide(subject, scenario);
    assert_eq!(explored.inconclusive, None);
    is_refuted(&explored, property);
    let trace = explored.counterexamples[&property].clone();
    let at = trace.unavoidable_from.expect("the exploration is complete");
    assert!(Some(at) <= trace.broken_at, "{at} of {:?}", trace.broken_at);
    let step = trace.steps[at].clone();
    (trace, step)
}

#[test]
fn a_buffer_that_is_dropped_names_the_close() {
    let buffers = subject(|socket: Socket| async move {
        socket
            .handle()
            .expect_delivery(Bytes::from_static(b"abcdefgh"));
        let mut buffer = futures::io::BufWriter::new(socket);
        buffer.write_all(b"abcdefgh").await.map_err(text)?;
        Ok(())
    });
    for property in [
        Property::NothingTruncated,
        Property::NoSilentLoss,
        Property::NothingBufferedAtShutdown,
    ] {
        let (_, step) = unavoidable(&buffers, &plain(), property);
        assert_eq!(
            (step.actor, step.event),
            (ActorId::SUBJECT, Event::Close),
            "{property}"
        );
    }
}

#[test]
fn the_original_ordering_names_the_fin() {
    let original: Arc<dyn Subject> = Arc::new(Connection {
        ordering: Ordering::Original,
        read_side: ReadSide::Closes,
        response: 4,
    });
    let scenario = Scenario::new("slow", 2, Reader::slow(1)).with_input("1");
    for property in [Property::NothingTruncated, Property::NoSilentLoss] {
        let (_, step) = unavoidable(&original, &scenario, property);
        assert_eq!(
            (step.actor, step.event),
            (ActorId::SUBJECT, Event::Shutdown),
            "{property}"
        );
    }
}

#[test]
fn a_lost_wake_up_names_the_waiting() {
    let delivers = subject(|socket| deliver(socket, b"abcd"));
    let scenario = Scenario {
        decorator: KernelDefect::WriterNotWoken.planted(),
        ..plain()
    };
    let (_, step) = unavoidable(&delivers, &scenario, Property::NoStall);
    assert_eq!((step.actor, step.event), (ActorId::SUBJECT, Event::Park));
}

/// Every interleaving loses: there is no last way out to be closed, and the step that gives the bytes
/// up is named all the same.
#[test]
fn where_nothing_helps_the_giving_up_is_named() {
    let loses = subject(|mut socket: Socket| async move {
        socket.handle().expect_delivery(Bytes::from_static(b"abcd"));
        socket.write_all(b"ab").await.map_err(text)?;
        socket.close().await.map_err(text)
    });
    let (trace, step) = unavoidable(&loses, &plain(), Property::NothingTruncated);
    assert_eq!(
        (step.actor, step.event),
        (ActorId::SUBJECT, Event::Shutdown),
        "{trace:?}"
    );
    let waits = subject(|socket: Socket| async move {
        socket.handle().expect_delivery(Bytes::from_static(b"abcd"));
        std::future::pending().await
    });
    let (trace, step) = unavoidable(&waits, &plain(), Property::NoStall);
    assert_eq!(
        (step.actor, step.event),
        (ActorId::SUBJECT, Event::Park),
        "{trace:?}"
    );
}
