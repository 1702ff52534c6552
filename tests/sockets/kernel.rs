//! The modelled kernel against Linux: sequences of calls on Unix sockets and over TCP, as tokio makes them,
//! and whether the model permits what each call came to and whom it woke.
//!
//! The model has choices: when room is reported ([`Wakes::Later`]), and whether a read joins what several
//! sends brought. A sequence is permitted if one way of choosing leads to all of its answers. What no way leads
//! to is a [`Deviation`] with a name, and DESIGN.md's table of abstractions has it. Nothing here waits for time:
//! what a kernel owes is awaited, and of what it may do either way is permitted.

#[cfg(any(loom, not(target_os = "linux")))]
#[test]
fn linux_is_compared_on_linux() {
    eprintln!("covered by `cargo test` on Linux, the build without --cfg loom");
}

#[cfg(all(not(loom), target_os = "linux"))]
mod linux {
    use std::collections::BTreeSet;
    use std::future::poll_fn;
    use std::io::{self, ErrorKind, Read, Write};
    use std::pin::Pin;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::task::{Context, Poll, Wake, Waker};
    use std::time::Duration;

    use lastbyte::environment::{Answer, ByHand, Faults, Kernel, UnreadInput, Wakes};
    use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
    use tokio::net::{TcpListener, TcpSocket, TcpStream, UnixStream};

    /// One call, of the connection or of its peer.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    enum Op {
        /// Writes little, once.
        Write,
        /// Writes more than there is room for, once.
        WriteMore,
        /// Writes more than there is room for, until a write is pending.
        Fill,
        /// Writes little, and waits until it is taken.
        AwaitWrite,
        /// Reads, and waits for something to read.
        AwaitRead,
        /// Reads once.
        ReadOnce,
        Shutdown,
        Close,
        /// Closes with SO_LINGER of 0 seconds.
        CloseLingering,
        PeerReadsLittle,
        /// Reads all that was accepted.
        PeerReadsAll,
        /// Reads where the end or an error is all that there is.
        PeerReadsEnd,
        PeerSends,
        PeerFinishes,
        PeerCloses,
    }
    use Op::*;

    /// What a call came to, without its sizes.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    enum Came {
        /// All that was offered or could be read, or without a size.
        All,
        /// A part of what was offered.
        Part,
        /// Two sends in one read.
        Joined,
        End,
        Pending,
        Failed(ErrorKind),
    }

    /// What a real call came to, as the model says it.
    fn answer(polled: Poll<io::Result<usize>>) -> Answer {
        match polled {
            Poll::Ready(Ok(bytes)) => Answer::Done(bytes),
            Poll::Ready(Err(error)) => Answer::Failed(error.kind()),
            Poll::Pending => Answer::Pending,
        }
    }

    /// What a write of so many bytes came to.
    fn wrote(answer: Answer, offered: usize) -> Came {
        match answer {
            Answer::Done(taken) if taken == offered => Came::All,
            Answer::Done(_) => Came::Part,
            Answer::Pending => Came::Pending,
            Answer::Failed(kind) => Came::Failed(kind),
        }
    }

    /// What a read came to, where a send is of so many bytes.
    fn got(answer: Answer, sent: usize) -> Came {
        match answer {
            Answer::Done(0) => Came::End,
            Answer::Done(read) if read == sent => Came::All,
            Answer::Done(_) => Came::Joined,
            Answer::Pending => Came::Pending,
            Answer::Failed(kind) => Came::Failed(kind),
        }
    }

    /// What a call came to, and whether it, or an event after it, woke who waits for room.
    type Seen = (Op, Came, bool);

    /// What Linux does and the model does not.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    enum Deviation {
        /// Room appears although the peer has read nothing: TCP moves bytes into the peer's receive buffer.
        RoomWithoutRead,
        /// A Unix socket whose peer has closed it fails writes with `BrokenPipe` at once, and no call reports a reset.
        PeerGoneIsNoReset,
        /// On a Unix socket, the end of the stream is an error where the connection has left input unread: everything
        /// has arrived before it.
        EndIsReset,
        /// A reset behind the end leaves what has arrived at the peer, which then reads to the end; in the model all
        /// that is unread is lost.
        ArrivedSurvives,
        /// SO_LINGER of 0 seconds resets: whoever sets it asks for the loss.
        LingerResets,
    }

    /// Bytes of a little write, of the peer's sends, and of a write that is too large.
    const LITTLE: usize = 16;
    const MORE: usize = 4 << 20;
    /// The same in the model, whose kernel has room for `ROOM` bytes.
    const ROOM: usize = 4;

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Transport {
        Unix,
        Tcp,
    }

    /// The connection's end, as tokio has it.
    enum Socket {
        Unix(UnixStream),
        Tcp(TcpStream),
    }

    /// The peer's end, without tokio: its calls block.
    enum Peer {
        Unix(std::os::unix::net::UnixStream),
        Tcp(std::net::TcpStream),
    }

    /// Long enough for whatever a kernel owes.
    const OWED: Duration = Duration::from_secs(60);

    impl Socket {
        async fn pair(transport: Transport) -> (Socket, Peer) {
            match transport {
                Transport::Unix => {
                    let (socket, peer) = UnixStream::pair().expect("a socket pair");
                    let peer = peer.into_std().expect("a socket");
                    peer.set_nonblocking(false).expect("a socket");
                    peer.set_read_timeout(Some(OWED)).expect("a socket");
                    (Socket::Unix(socket), Peer::Unix(peer))
                }
                Transport::Tcp => {
                    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
                    let address = listener.local_addr().expect("the port's number");
                    let peer = TcpSocket::new_v4().expect("a socket");
                    peer.set_recv_buffer_size(16 * 1024).expect("a size");
                    let peer = peer.connect(address).await.expect("a connection");
                    let (socket, _) = listener.accept().await.expect("a connection");
                    let peer = peer.into_std().expect("a socket");
                    peer.set_nonblocking(false).expect("a socket");
                    peer.set_read_timeout(Some(OWED)).expect("a socket");
                    (Socket::Tcp(socket), Peer::Tcp(peer))
                }
            }
        }

        fn stream(&mut self) -> Pin<&mut (dyn Stream + '_)> {
            match self {
                Socket::Unix(stream) => Pin::new(stream),
                Socket::Tcp(stream) => Pin::new(stream),
            }
        }
    }

    trait Stream: AsyncRead + AsyncWrite + Unpin {}
    impl<T: AsyncRead + AsyncWrite + Unpin> Stream for T {}

    impl Peer {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self {
                Peer::Unix(stream) => stream.read(buffer),
                Peer::Tcp(stream) => stream.read(buffer),
            }
        }

        fn send(&mut self) -> io::Result<()> {
            match self {
                Peer::Unix(stream) => stream.write_all(&[b'y'; LITTLE]),
                Peer::Tcp(stream) => stream.write_all(&[b'y'; LITTLE]),
            }
        }

        fn finish(&self) {
            let write = std::net::Shutdown::Write;
            let finished = match self {
                Peer::Unix(stream) => stream.shutdown(write),
                Peer::Tcp(stream) => stream.shutdown(write),
            };
            finished.expect("it is open");
        }
    }

    #[derive(Default)]
    struct Flag(AtomicBool);

    impl Wake for Flag {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    /// A real connection, and how much went which way.
    struct Real {
        socket: Option<Socket>,
        peer: Option<Peer>,
        accepted: usize,
        read: usize,
        waker: Arc<Flag>,
    }

    impl Real {
        fn write(&mut self, bytes: usize) -> Poll<io::Result<usize>> {
            let waker = Waker::from(self.waker.clone());
            let socket = self.socket.as_mut().expect("it is open").stream();
            let data = vec![b'x'; bytes];
            let written = socket.poll_write(&mut Context::from_waker(&waker), &data);
            if let Poll::Ready(Ok(taken)) = &written {
                self.accepted += taken;
            }
            written
        }

        /// Whoever waits for room is woken by way of the task that awaits this.
        async fn write_awaited(&mut self) -> io::Result<usize> {
            poll_fn(|cx| {
                let socket = self.socket.as_mut().expect("it is open").stream();
                let written = socket.poll_write(cx, &[b'x'; LITTLE]);
                if let Poll::Ready(Ok(taken)) = &written {
                    self.accepted += taken;
                }
                written
            })
            .await
        }

        fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
            let mut buffer = [0; 4 * LITTLE];
            let mut buffer = ReadBuf::new(&mut buffer);
            let socket = self.socket.as_mut().expect("it is open").stream();
            let read = socket.poll_read(cx, &mut buffer);
            read.map_ok(|()| buffer.filled().len())
        }

        /// The peer reads until it has so many bytes.
        fn peer_reads(&mut self, upto: usize) -> Came {
            let mut buffer = vec![0; 1 << 16];
            while self.read < upto {
                let most = buffer.len().min(upto - self.read);
                let peer = self.peer.as_mut().expect("it is open");
                match peer.read(&mut buffer[..most]) {
                    Ok(0) => return Came::End,
                    Ok(read) => self.read += read,
                    Err(error) => return Came::Failed(error.kind()),
                }
            }
            Came::All
        }

        async fn carry_out(&mut self, op: Op) -> Came {
            let wrote = |written, offered| wrote(answer(written), offered);
            let got = |read| got(answer(read), LITTLE);
            match op {
                Write => wrote(self.write(LITTLE), LITTLE),
                WriteMore => wrote(self.write(MORE), MORE),
                Fill => loop {
                    let came = wrote(self.write(MORE), MORE);
                    if !matches!(came, Came::All | Came::Part) {
                        return came;
                    }
                },
                AwaitWrite => {
                    let written = tokio::time::timeout(OWED, self.write_awaited()).await;
                    wrote(Poll::Ready(written.expect("a wake-up is owed")), LITTLE)
                }
                AwaitRead => {
                    let read = tokio::time::timeout(OWED, poll_fn(|cx| self.poll_read(cx))).await;
                    got(Poll::Ready(read.expect("a wake-up is owed")))
                }
                ReadOnce => got(self.poll_read(&mut Context::from_waker(Waker::noop()))),
                Shutdown => {
                    let shut = poll_fn(|cx| {
                        let socket = self.socket.as_mut().expect("it is open").stream();
                        socket.poll_shutdown(cx)
                    });
                    match shut.await {
                        Ok(()) => Came::All,
                        Err(error) => Came::Failed(error.kind()),
                    }
                }
                Close => {
                    self.socket = None;
                    Came::All
                }
                CloseLingering => {
                    let Some(Socket::Tcp(socket)) = self.socket.take() else {
                        unreachable!("a Unix socket does not linger");
                    };
                    socket.set_zero_linger().expect("an option of TCP");
                    Came::All
                }
                PeerReadsLittle => self.peer_reads(self.read + LITTLE),
                PeerReadsAll => self.peer_reads(self.accepted),
                PeerReadsEnd => self.peer_reads(usize::MAX),
                PeerSends => match self.peer.as_mut().expect("it is open").send() {
                    Ok(()) => Came::All,
                    Err(error) => Came::Failed(error.kind()),
                },
                PeerFinishes => {
                    self.peer.as_ref().expect("it is open").finish();
                    Came::All
                }
                PeerCloses => {
                    self.peer = None;
                    Came::All
                }
            }
        }
    }

    /// What these calls come to on a real socket.
    async fn recorded(transport: Transport, ops: &[Op]) -> Vec<Seen> {
        let (socket, peer) = Socket::pair(transport).await;
        let mut real = Real {
            socket: Some(socket),
            peer: Some(peer),
            accepted: 0,
            read: 0,
            waker: Arc::default(),
        };
        let mut seen = Vec::new();
        for op in ops {
            let came = real.carry_out(*op).await;
            // Each lets tokio's driver look for events once.
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
            seen.push((*op, came, real.waker.0.swap(false, Ordering::Relaxed)));
        }
        seen
    }

    /// What the model may do unseen after a call.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Then {
        Nothing,
        ReportsRoom,
        Deviates(Deviation),
    }

    /// What the model is set to.
    #[derive(Clone, Copy, Debug)]
    struct Choices {
        wakes: Wakes,
        joined_input: bool,
    }

    /// The model after some calls, and what it has needed for their answers.
    struct Modelled {
        socket: ByHand,
        transport: Transport,
        /// The peer has been sent input that the connection has not read.
        unread: bool,
        lingered: bool,
        deviations: BTreeSet<Deviation>,
    }

    impl Modelled {
        fn new(
            transport: Transport,
            Choices {
                wakes,
                joined_input,
            }: Choices,
        ) -> Modelled {
            let kernel = Kernel::new(ROOM).with_wakes(wakes);
            let kernel = kernel.with_unread_input(match transport {
                Transport::Unix => UnreadInput::Ignored,
                Transport::Tcp => UnreadInput::ResetsLater,
            });
            let kernel = kernel.with_faults(Faults {
                reset_told_once: true,
                joined_input,
                ..Faults::default()
            });
            Modelled {
                socket: ByHand::new(kernel),
                transport,
                unread: false,
                lingered: false,
                deviations: BTreeSet::new(),
            }
        }

        /// What the call comes to.
        fn carry_out(&mut self, op: Op) -> Came {
            let got = |answer| got(answer, 1);
            let socket = &mut self.socket;
            match op {
                Write | AwaitWrite => wrote(socket.write(1), 1),
                WriteMore => wrote(socket.write(2 * ROOM), 2 * ROOM),
                Fill => loop {
                    let came = wrote(socket.write(2 * ROOM), 2 * ROOM);
                    if !matches!(came, Came::All | Came::Part) {
                        return came;
                    }
                },
                AwaitRead | ReadOnce => {
                    self.unread = false;
                    got(socket.read(ROOM))
                }
                Shutdown => wrote(socket.shutdown(), 0),
                Close | CloseLingering => {
                    socket.close();
                    if op == CloseLingering {
                        self.deviations.insert(Deviation::LingerResets);
                        socket.peer_reset();
                    }
                    self.lingered = self.unread && self.transport == Transport::Unix;
                    Came::All
                }
                PeerReadsLittle => got(socket.peer_read(1)),
                PeerReadsAll => {
                    while matches!(socket.peer_read(1), Answer::Done(1)) {}
                    Came::All
                }
                PeerReadsEnd => {
                    let came = loop {
                        match got(socket.peer_read(1)) {
                            Came::All => {}
                            came => break came,
                        }
                    };
                    if came == Came::End && self.lingered {
                        self.deviations.insert(Deviation::EndIsReset);
                        return Came::Failed(ErrorKind::ConnectionReset);
                    }
                    came
                }
                PeerSends => {
                    socket.peer_send(1);
                    self.unread = true;
                    Came::All
                }
                PeerFinishes => {
                    socket.peer_finish();
                    Came::All
                }
                // What it has not read is lost, and whoever writes or reads after it is told.
                PeerCloses => {
                    socket.peer_reset();
                    Came::All
                }
            }
        }

        fn then(&mut self, then: Then) -> bool {
            match then {
                Then::Nothing => true,
                Then::ReportsRoom => self.socket.report_room(),
                Then::Deviates(deviation) => {
                    self.deviations.insert(deviation);
                    match deviation {
                        Deviation::RoomWithoutRead => {
                            let read = self.socket.peer_read(1);
                            read == Answer::Done(1) && self.socket.report_room()
                        }
                        // Somebody was told already.
                        Deviation::PeerGoneIsNoReset => {
                            self.socket.read(1) == Answer::Failed(ErrorKind::ConnectionReset)
                        }
                        _ => false,
                    }
                }
            }
        }
    }

    /// Everything that the model may do after a call.
    const THEN: [Then; 4] = [
        Then::Nothing,
        Then::ReportsRoom,
        Then::Deviates(Deviation::PeerGoneIsNoReset),
        Then::Deviates(Deviation::RoomWithoutRead),
    ];

    /// The model after these choices, as long as it answers as `seen` has it.
    fn replayed(
        transport: Transport,
        set: Choices,
        seen: &[Seen],
        choices: &[Then],
    ) -> Option<Modelled> {
        let mut model = Modelled::new(transport, set);
        let (first, others) = choices.split_first()?;
        if !model.then(*first) {
            return None;
        }
        for ((op, came, woken), then) in seen.iter().zip(others) {
            let reset = Came::Failed(ErrorKind::ConnectionReset);
            match model.carry_out(*op) {
                answer if answer == *came => {}
                answer if (*op, answer, *came) == (PeerReadsEnd, reset, Came::End) => {
                    model.deviations.insert(Deviation::ArrivedSurvives);
                }
                _ => return None,
            }
            if !model.then(*then) || model.socket.was_woken_to_write() != *woken {
                return None;
            }
        }
        Some(model)
    }

    /// The fewest deviations with which the model permits this; `None` where it does not at all.
    fn permitted(transport: Transport, wakes: Wakes, seen: &[Seen]) -> Option<BTreeSet<Deviation>> {
        let mut best: Option<BTreeSet<Deviation>> = None;
        for joined_input in [false, true] {
            let set = Choices {
                wakes,
                joined_input,
            };
            let mut rest: Vec<Vec<Then>> = THEN.iter().map(|then| vec![*then]).collect();
            while let Some(choices) = rest.pop() {
                let Some(model) = replayed(transport, set, seen, &choices) else {
                    continue;
                };
                if choices.len() <= seen.len() {
                    rest.extend(THEN.iter().map(|then| [&choices[..], &[*then]].concat()));
                } else if best
                    .as_ref()
                    .is_none_or(|best| model.deviations.len() < best.len())
                {
                    best = Some(model.deviations);
                }
            }
        }
        best
    }

    /// The sequences of calls, with the deviations that they show on a Unix socket and over TCP; `None` where
    /// there is no such call.
    type Script = (
        &'static [Op],
        Option<&'static [Deviation]>,
        Option<&'static [Deviation]>,
    );

    /// Without a deviation on either.
    const fn alike(ops: &'static [Op]) -> Script {
        (ops, Some(&[]), Some(&[]))
    }

    const SCRIPTS: &[Script] = &[
        // A socket that has reported nothing is not ready.
        alike(&[Write, AwaitWrite, PeerReadsAll]),
        alike(&[AwaitWrite, Write, Write, PeerReadsAll]),
        // A partial write, a full buffer, and when its writer is woken.
        alike(&[AwaitWrite, WriteMore, Write]),
        alike(&[
            AwaitWrite,
            Fill,
            PeerReadsLittle,
            Write,
            PeerReadsAll,
            AwaitWrite,
        ]),
        alike(&[AwaitWrite, Fill, PeerReadsAll, AwaitWrite, PeerReadsAll]),
        alike(&[AwaitWrite, Fill, Fill, PeerReadsAll, AwaitWrite]),
        // Input: none, some, joined, its end.
        alike(&[ReadOnce, PeerSends, AwaitRead, ReadOnce]),
        alike(&[PeerSends, AwaitRead, Write, PeerReadsAll]),
        alike(&[PeerSends, PeerFinishes, AwaitRead, AwaitRead, AwaitRead]),
        alike(&[
            PeerFinishes,
            AwaitRead,
            Write,
            PeerReadsAll,
            Shutdown,
            PeerReadsEnd,
        ]),
        // The connection's end.
        alike(&[AwaitWrite, Shutdown, Write, PeerReadsEnd]),
        alike(&[AwaitWrite, Fill, Shutdown, PeerReadsAll, PeerReadsEnd]),
        alike(&[AwaitWrite, Shutdown, PeerSends, AwaitRead, PeerReadsAll]),
        alike(&[AwaitWrite, Close, PeerReadsEnd]),
        (
            &[PeerSends, AwaitWrite, Close, PeerReadsEnd],
            Some(&[Deviation::EndIsReset]),
            Some(&[]),
        ),
        (
            &[AwaitWrite, Close, PeerSends, PeerReadsEnd],
            None,
            Some(&[Deviation::ArrivedSurvives]),
        ),
        (
            &[AwaitWrite, Fill, Close, PeerSends, PeerReadsEnd],
            None,
            Some(&[]),
        ),
        (
            &[AwaitWrite, CloseLingering, PeerReadsEnd],
            None,
            Some(&[Deviation::LingerResets]),
        ),
        // The peer's end, with what it has not read.
        alike(&[AwaitWrite, PeerCloses, AwaitRead, AwaitRead]),
        alike(&[AwaitWrite, PeerCloses, AwaitRead, Write, Shutdown]),
        (
            &[AwaitWrite, PeerReadsAll, PeerCloses, AwaitWrite],
            Some(&[Deviation::PeerGoneIsNoReset]),
            None,
        ),
    ];

    async fn compare(transport: Transport) {
        for (ops, on_unix, over_tcp) in SCRIPTS {
            let expected = match transport {
                Transport::Unix => on_unix,
                Transport::Tcp => over_tcp,
            };
            let Some(expected) = expected else {
                continue;
            };
            let seen = recorded(transport, ops).await;
            let found = permitted(transport, Wakes::Later, &seen);
            let mut needed =
                found.unwrap_or_else(|| panic!("{transport:?}: not permitted: {seen:?}"));
            if transport == Transport::Tcp {
                // It may, and need not.
                needed.remove(&Deviation::RoomWithoutRead);
            }
            let expected: BTreeSet<_> = expected.iter().copied().collect();
            assert_eq!(needed, expected, "{transport:?}: {seen:?}");
        }
    }

    #[tokio::test]
    async fn the_model_permits_what_unix_sockets_do() {
        compare(Transport::Unix).await;
    }

    #[tokio::test]
    async fn the_model_permits_what_tcp_does() {
        compare(Transport::Tcp).await;
    }

    /// What is possible only in the model: room is reported after any read, a Unix socket waits until
    /// three quarters of its buffer are free (`unix_writable`, net/unix/af_unix.c).
    #[tokio::test]
    async fn the_model_wakes_earlier_than_a_unix_socket() {
        let ops = [AwaitWrite, Fill, PeerReadsLittle];
        let mut seen = recorded(Transport::Unix, &ops).await;
        assert_eq!(seen[2], (PeerReadsLittle, Came::All, false));
        assert_eq!(
            permitted(Transport::Unix, Wakes::Later, &seen),
            Some(BTreeSet::new())
        );
        // A kernel that wakes at every read, and at no other time, does not do that.
        let before = permitted(Transport::Unix, Wakes::AtEveryRead, &seen[..2]);
        assert_eq!(before, Some(BTreeSet::new()));
        assert_eq!(permitted(Transport::Unix, Wakes::AtEveryRead, &seen), None);
        seen[2].2 = true;
        assert_eq!(
            permitted(Transport::Unix, Wakes::Later, &seen),
            Some(BTreeSet::new())
        );
    }

    /// What nobody does is not permitted.
    #[test]
    fn the_comparison_notices_what_the_model_does_not_do() {
        let woken_by_nothing = [(AwaitWrite, Came::All, true)];
        let taken_behind_the_end = [(Shutdown, Came::All, false), (Write, Came::All, false)];
        let reads_what_nobody_sent = [(ReadOnce, Came::All, false)];
        let all_fits = [(WriteMore, Came::All, false)];
        let made_up: [&[Seen]; 4] = [
            &woken_by_nothing,
            &taken_behind_the_end,
            &reads_what_nobody_sent,
            &all_fits,
        ];
        for transport in [Transport::Unix, Transport::Tcp] {
            for seen in made_up {
                assert_eq!(
                    permitted(transport, Wakes::Later, seen),
                    None,
                    "{transport:?}: {seen:?}"
                );
            }
        }
    }
}
