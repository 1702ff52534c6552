use super::*;

fn waker() -> Caller<'static> {
    Caller {
        waker: Waker::noop(),
        own: None,
    }
}

#[test]
fn takes_what_fits_and_then_blocks() {
    let mut kernel = Kernel::new(3);
    assert_eq!(kernel.write(&[b"hello"], &[], waker()), Call::Done(3));
    assert_eq!(kernel.write(&[b"lo"], &[], waker()), Call::WouldBlock);
    assert!(kernel.writer.is_set());
    assert_eq!(
        kernel.read(2, waker()),
        Call::Done(Bytes::from_static(b"he"))
    );
    assert_eq!(kernel.due.len(), 1, "the writer is owed a wake-up");
    assert_eq!(kernel.write(&[b"lo"], &[], waker()), Call::Done(2));
}

#[test]
fn end_of_stream_comes_behind_the_last_byte() {
    let mut kernel = Kernel::new(3);
    assert_eq!(kernel.write(&[b"ab"], &[], waker()), Call::Done(2));
    assert_eq!(kernel.shutdown(), Call::Done(()));
    assert_eq!(
        kernel.write(&[b"c"], &[], waker()),
        Call::Failed(io::ErrorKind::BrokenPipe)
    );
    assert_eq!(
        kernel.read(9, waker()),
        Call::Done(Bytes::from_static(b"ab"))
    );
    assert_eq!(kernel.read(9, waker()), Call::Done(Bytes::new()));
}

#[test]
fn reset_discards_and_fails() {
    let mut kernel = Kernel::new(3);
    assert_eq!(kernel.write(&[b"ab"], &[], waker()), Call::Done(2));
    kernel.reset();
    assert_eq!(kernel.level(), 0);
    assert_eq!(
        kernel.write(&[b"c"], &[], waker()),
        Call::Failed(io::ErrorKind::ConnectionReset)
    );
    assert_eq!(kernel.shutdown(), Call::Failed(io::ErrorKind::NotConnected));
}

#[test]
fn closing_with_unread_input_resets_where_tcp_does() {
    let mut kernel = Kernel::new(3).with_unread_input(UnreadInput::Resets);
    kernel.send_input(Bytes::from_static(b"more"));
    assert_eq!(kernel.write(&[b"ab"], &[], waker()), Call::Done(2));
    kernel.close();
    assert_eq!(
        kernel.read(9, waker()),
        Call::Failed(io::ErrorKind::ConnectionReset)
    );
}

fn closed(unread_input: UnreadInput, input: &'static [u8]) -> Kernel {
    let mut kernel = Kernel::new(3).with_unread_input(unread_input);
    kernel.send_input(Bytes::from_static(input));
    assert_eq!(kernel.write(&[b"ab"], &[], waker()), Call::Done(2));
    kernel.close();
    kernel
}

#[test]
fn closing_otherwise_delivers_what_was_accepted() {
    for (unread_input, input) in [
        (UnreadInput::Resets, &b""[..]),
        (UnreadInput::Ignored, b"more"),
        (UnreadInput::Ignored, b""),
    ] {
        let mut kernel = closed(unread_input, input);
        assert!(!kernel.is_reset());
        let received = kernel.read(9, waker());
        assert_eq!(received, Call::Done(Bytes::from_static(b"ab")));
    }
    assert!(closed(UnreadInput::Resets, b"more").is_reset());
}

#[test]
fn closing_shows_where_the_peer_learns_something() {
    use UnreadInput::{Ignored, Resets};
    for (unread_input, input, shut, reset, invisible) in [
        (Ignored, &b""[..], false, false, false),
        (Ignored, b"", true, false, true),
        (Ignored, b"more", true, false, true),
        (Ignored, b"more", false, false, false),
        (Resets, b"", false, false, false),
        (Resets, b"", true, false, true),
        (Resets, b"more", true, false, false),
        (Resets, b"more", false, false, false),
        (Resets, b"more", false, true, true),
    ] {
        let mut kernel = Kernel::new(3).with_unread_input(unread_input);
        kernel.send_input(Bytes::from_static(input));
        if shut {
            assert_eq!(kernel.shutdown(), Call::Done(()));
        }
        if reset {
            kernel.reset();
        }
        let what = (unread_input, input, shut, reset);
        assert_eq!(kernel.close_is_invisible(), invisible, "{what:?}");
    }
}

#[test]
fn input_is_there_until_it_is_read() {
    let mut kernel = Kernel::new(3);
    assert_eq!(kernel.unread(), 0);
    assert_eq!(kernel.read_input(9, waker()), Call::WouldBlock);
    assert!(kernel.inputter.is_set());
    kernel.send_input(Bytes::from_static(b"abc"));
    assert!(kernel.unread() == 3);
    assert!(!kernel.inputter.is_set() && kernel.due.len() == 1);
    let read = kernel.read_input(2, waker());
    assert_eq!(read, Call::Done(Bytes::from_static(b"ab")));
    assert!(kernel.unread() == 1);
    let read = kernel.read_input(2, waker());
    assert_eq!(read, Call::Done(Bytes::from_static(b"c")));
    assert!(!kernel.input_has_ended() && kernel.unread() == 0);
    kernel.finish_input();
    assert!(kernel.input_has_ended());
    assert_eq!(kernel.read_input(2, waker()), Call::Done(Bytes::new()));
}

/// Two kernels that differ only in what they have accepted are two states.
#[test]
fn contents_are_told_apart() {
    let mut digests = std::collections::HashSet::new();
    for bytes in (0..=u16::MAX).map(u16::to_be_bytes) {
        let mut kernel = Kernel::new(3);
        assert_eq!(kernel.write(&[&bytes], &[], waker()), Call::Done(2));
        let mut hasher = std::hash::DefaultHasher::new();
        kernel.hash_contents(&mut hasher);
        assert!(digests.insert(hasher.finish()), "{bytes:?}");
    }
}

#[test]
fn registrations_are_told_apart() {
    let digest = |kernel: &Kernel| {
        let mut hasher = std::hash::DefaultHasher::new();
        kernel.hash_levels(&mut hasher);
        hasher.finish()
    };
    let free = digest(&Kernel::new(1));
    let mut digests = std::collections::HashSet::from([free]);
    let registrations: [fn(&mut Kernel) -> &mut Registration; 4] = [
        |kernel| &mut kernel.writer,
        |kernel| &mut kernel.flusher,
        |kernel| &mut kernel.inputter,
        |kernel| &mut kernel.reader,
    ];
    for registered in registrations {
        let mut kernel = Kernel::new(1);
        registered(&mut kernel).set(waker());
        assert!(digests.insert(digest(&kernel)));
        registered(&mut kernel).clear();
        assert_eq!(digest(&kernel), free);
    }
}

#[test]
fn deferred_flush_consumes_its_registration() {
    let mut kernel = Kernel::new(3).with_flush(FlushMode::Deferred);
    assert_eq!(kernel.write(&[b"ab"], &[], waker()), Call::Done(2));
    assert_eq!(kernel.flush(waker()), Call::WouldBlock);
    assert!(kernel.flusher.is_set());
    assert_eq!(kernel.flush(waker()), Call::Done(()));
    assert!(!kernel.flusher.is_set());
    assert!(!kernel.finish_flush(), "nothing is in flight any more");
}

#[test]
#[should_panic(expected = "at least one byte")]
fn capacity_zero_is_refused() {
    let _ = Kernel::new(0);
}

#[test]
fn spurious_readiness_comes_once() {
    let mut kernel = Kernel::new(1).with_faults(Faults {
        spurious_input: true,
        ..Faults::default()
    });
    kernel.send_input(Bytes::from_static(b"a"));
    assert_eq!(kernel.read_input(9, waker()), Call::WouldBlock);
    assert_eq!(kernel.due.len(), 1, "its caller is to look again");
    let read = kernel.read_input(9, waker());
    assert_eq!(read, Call::Done(Bytes::from_static(b"a")));
    assert_eq!(kernel.read_input(9, waker()), Call::WouldBlock);
    assert_eq!(kernel.due.len(), 1, "no second time");
}

#[test]
fn a_reset_is_told_once_where_the_socket_is_like_tokios() {
    let once = Faults {
        reset_told_once: true,
        ..Faults::default()
    };
    let reset = Call::Failed(io::ErrorKind::ConnectionReset);
    let kernel = || {
        let mut kernel = Kernel::new(3).with_flush(FlushMode::Deferred);
        kernel.reset();
        kernel
    };
    let mut every = kernel();
    assert_eq!(every.read_input(9, waker()), reset);
    assert_eq!(every.read_input(9, waker()), reset);

    let mut told = kernel().with_faults(once.clone());
    assert_eq!(told.read_input(9, waker()), reset);
    assert_eq!(told.read_input(9, waker()), Call::Done(Bytes::new()));
    let broken = io::ErrorKind::BrokenPipe;
    assert_eq!(told.write(&[b"a"], &[], waker()), Call::Failed(broken));
    assert_eq!(told.flush(waker()), Call::Failed(broken));

    let mut untold = kernel().with_faults(once);
    assert_eq!(untold.shutdown(), Call::Done(()), "nobody hears of it here");
    assert_eq!(
        untold.write(&[b"a"], &[], waker()),
        Call::Failed(io::ErrorKind::ConnectionReset)
    );
    let key = |kernel: &Kernel| {
        let mut hasher = std::hash::DefaultHasher::new();
        kernel.hash_levels(&mut hasher);
        hasher.finish()
    };
    let before = key(&kernel());
    assert_ne!(key(&untold), before, "what comes next depends on it");
}

#[test]
fn a_spent_budget_is_renewed_by_the_next_poll() {
    let mut kernel = Kernel::new(3).with_faults(Faults {
        budget: Some(Budget {
            behind: 1,
            polls: 2,
        }),
        ..Faults::default()
    });
    assert_eq!(kernel.read_input(9, waker()), Call::WouldBlock);
    assert_eq!(
        kernel.due.len(),
        0,
        "there is no input, and nothing is spent"
    );
    kernel.send_input(Bytes::from_static(b"ab"));
    assert_eq!(
        kernel.read_input(1, waker()),
        Call::Done(Bytes::from_static(b"a"))
    );
    kernel.due.clear();
    for _poll in 0..2 {
        assert_eq!(kernel.write(&[b"x"], &[], waker()), Call::WouldBlock);
        assert_eq!(kernel.read_input(1, waker()), Call::WouldBlock);
        assert_eq!(kernel.due.len(), 2, "each is woken at once");
        assert!(!kernel.writer.is_set(), "and registered nowhere");
        kernel.due.clear();
        kernel.begin_poll();
    }
    assert_eq!(kernel.write(&[b"x"], &[], waker()), Call::Done(1));
    assert_eq!(kernel.write(&[b"y"], &[], waker()), Call::Done(1));
}

#[test]
fn readiness_is_set_by_an_event_alone() {
    let mut kernel = Kernel::new(2).with_wakes(Wakes::Later);
    assert_eq!(kernel.write(&[b"abc"], &[], waker()), Call::WouldBlock);
    assert!(kernel.report_room(waker()), "there is room");
    assert!(!kernel.report_room(waker()), "that is known");
    assert_eq!(kernel.write(&[b"abc"], &[], waker()), Call::Done(2));
    assert!(!kernel.report_room(waker()), "there is none");
    kernel.due.clear();
    kernel.read(1, waker());
    assert_eq!(kernel.due.len(), 1, "who reports room, and not the writer");
    assert_eq!(kernel.write(&[b"c"], &[], waker()), Call::WouldBlock);
    assert!(kernel.report_room(waker()));
    assert_eq!(kernel.write(&[b"c"], &[], waker()), Call::Done(1));
    // Found input is an event as well.
    let mut kernel = Kernel::new(2).with_wakes(Wakes::Later);
    kernel.send_input(Bytes::from_static(b"a"));
    kernel.read_input(1, waker());
    assert_eq!(kernel.write(&[b"ab"], &[], waker()), Call::Done(2));
}

#[test]
fn a_read_joins_pieces_only_where_it_is_asked_to() {
    for (joined_input, first) in [(false, &b"ab"[..]), (true, b"abc")] {
        let mut kernel = Kernel::new(1).with_faults(Faults {
            joined_input,
            ..Faults::default()
        });
        for piece in ["ab", "cd"] {
            kernel.send_input(piece.into());
        }
        let read = kernel.read_input(3, waker());
        assert_eq!(read, Call::Done(Bytes::copy_from_slice(first)));
        assert_eq!(kernel.unread(), 4 - first.len());
    }
}

#[test]
fn input_behind_a_close_is_answered_with_a_reset() {
    for (unread_input, reset) in [
        (UnreadInput::Ignored, false),
        (UnreadInput::Resets, false),
        (UnreadInput::ResetsLater, true),
    ] {
        let mut kernel = closed(unread_input, b"");
        assert_eq!(kernel.answers_with_reset(), reset);
        assert!(!kernel.is_reset());
        kernel.send_input(Bytes::from_static(b"more"));
        assert_eq!(kernel.is_reset(), reset, "{unread_input:?}");
        assert_eq!(kernel.level(), if reset { 0 } else { 2 });
    }
    assert!(closed(UnreadInput::ResetsLater, b"more").is_reset());
}
