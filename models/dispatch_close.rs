//! hyper's client, whose request channel is closed while a send is half done, and the repair.
//!
//! A send into tokio's unbounded channel has two steps: it reserves a permit, then it publishes the
//! message. The connection may fail and close the channel between the two. Then the send succeeds, but
//! the message enters a channel that is no longer read. Its sender waits for an answer until the last
//! sender of the channel is dropped.
//!
//! | here | hyper and tokio |
//! |---|---|
//! | signal 0 is raised | `UnboundedSender::send` has reserved its permit (tokio, `sync/mpsc/unbounded.rs`) |
//! | feed 0 is filled, then woken | the same call publishes the message and wakes the receiver (`sync/mpsc/chan.rs`) |
//! | `Step::Close` | `Receiver::close` in `Client::recv_msg(Err)` (hyper, `proto/h1/dispatch.rs`); a permit reserved later fails, and its sender has its request back |
//! | `Step::Look` | `Receiver::try_recv`, one look, up to 1.12.0; `close_and_recv`, which looks until the channel is empty and no permit is out, since 333d33af (#4150) |
//! | `Step::Drop` | `Receiver` is dropped with the connection and drains what is there; `Envelope::drop` hands each request back |
//! | the reader | whoever sent the request; what it is promised is its request, handed back |

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use lastbyte::check::Meaning;
use lastbyte::{
    Claim, Expected, Instance, Model, Property, Reader, Running, Scenario, Script, ScriptStep,
    Socket, Subject,
};

use crate::known;

/// How often the repaired revision looks in vain before the model makes it wait for the sender. Every further
/// look would find the same.
const LOOKS: usize = 3;

const REQUEST: &[u8] = b"rq";

/// Which revision of `Client::recv_msg`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Revision {
    /// Closes, then looks once.
    LooksOnce,
    /// Closes, then looks until no permit is out.
    LooksUntilClosed,
}

impl Revision {
    /// Its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Revision::LooksOnce => "1.12.0",
            Revision::LooksUntilClosed => "#4150",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
enum Step {
    #[default]
    Close,
    Look(usize),
    Drop,
    HandBack,
    End,
}

#[derive(Debug, Hash)]
struct State {
    revision: Revision,
    step: Step,
    permit_is_out: bool,
    handed_back: Bytes,
}

/// The failed connection.
#[derive(Debug)]
struct Dispatcher {
    caller: Socket,
    state: State,
}

impl Dispatcher {
    fn at(&self) {
        self.caller.handle().declare_state(&self.state);
    }

    /// Looks into the channel: a message, or nothing.
    fn look(&mut self, cx: &mut Context<'_>) -> bool {
        self.at();
        match self.caller.handle().poll_feed(0, cx) {
            Poll::Ready(Some(request)) => {
                self.state.handed_back = request;
                true
            }
            Poll::Ready(None) | Poll::Pending => false,
        }
    }

    fn poll_step(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            self.state.step = match self.state.step {
                Step::Close => {
                    self.at();
                    let handle = self.caller.handle();
                    self.state.permit_is_out = handle.poll_signal(0, cx).is_ready();
                    if self.state.permit_is_out {
                        handle.expect_delivery(Bytes::from_static(REQUEST));
                        handle.note("closes the channel after a permit");
                        Step::Look(0)
                    } else {
                        handle.note("closes the channel");
                        Step::End
                    }
                }
                Step::Look(n) => match (self.look(cx), self.state.revision) {
                    (true, _) => Step::HandBack,
                    (false, Revision::LooksOnce) => Step::Drop,
                    (false, Revision::LooksUntilClosed) if n < LOOKS => Step::Look(n + 1),
                    (false, Revision::LooksUntilClosed) => return Poll::Pending,
                },
                Step::Drop => match self.look(cx) {
                    true => Step::HandBack,
                    false => Step::End,
                },
                Step::HandBack => {
                    while self.state.handed_back.has_remaining() {
                        self.at();
                        let sent = self.caller.poll_send(cx, &self.state.handed_back);
                        self.state.handed_back.advance(ready!(sent)?);
                    }
                    Step::End
                }
                Step::End => {
                    self.at();
                    return self.caller.poll_shut(cx);
                }
            };
        }
    }
}

impl Future for Dispatcher {
    type Output = Result<(), String>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.poll_step(cx).map_err(|error| error.kind().to_string())
    }
}

/// A client's connection that has just failed.
#[derive(Clone, Copy, Debug)]
pub struct Connection {
    /// How it closes the channel.
    pub revision: Revision,
}

impl Subject for Connection {
    fn fingerprint(&self) -> Option<String> {
        lastbyte::run::fingerprint(self)
    }

    fn start(&self, socket: Socket) -> Running {
        Box::pin(Dispatcher {
            caller: socket,
            state: State {
                revision: self.revision,
                step: Step::default(),
                permit_is_out: false,
                handed_back: Bytes::new(),
            },
        })
    }

    fn actor(&self) -> String {
        "connection".to_owned()
    }
}

/// A sender that performs these steps.
fn sending(name: &str, steps: &[ScriptStep]) -> Scenario {
    Scenario {
        feeds: 1,
        signals: 1,
        ..Scenario::new(name, REQUEST.len(), Reader::PROMPT)
    }
    .with_script(Script::new("sender", steps))
}

/// A send at any point of the close.
pub fn half_done() -> Scenario {
    let publish = ScriptStep::Feed(0, Bytes::from_static(REQUEST));
    sending(
        "half-done",
        &[ScriptStep::Raise(0), publish, ScriptStep::WakeFeed(0)],
    )
}

/// A sender that reserves its permit and never publishes. tokio has no such sender; the publication is the
/// step that ends the repeated looking.
pub fn never_published() -> Scenario {
    sending("never-published", &[ScriptStep::Raise(0)])
}

/// What `cargo verify` knows about this model.
pub fn model() -> Model {
    Model {
        claims,
        ..Model::new(
            NAME,
            "a client's request channel, closed while a send is half done",
        )
    }
}

/// The model's name.
pub const NAME: &str = "dispatch_close";

/// The instance of a revision in a scenario.
#[track_caller]
pub fn instance(revision: Revision, scenario: Scenario) -> Instance {
    let sender = scenario.name.clone();
    Instance::new(revision.name(), scenario, Arc::new(Connection { revision }))
        .with_parameter("sender", sender)
}

#[track_caller]
fn claim(
    revision: Revision,
    scenario: Scenario,
    property: Property,
    expected: Expected,
    sentence: &str,
) -> Claim {
    let name = format!("{}/{}/{property}", revision.name(), scenario.name);
    let instance = instance(revision, scenario);
    Claim::new(name, sentence, property, expected, [instance])
}

fn claims() -> Vec<Claim> {
    use Revision::{LooksOnce, LooksUntilClosed};
    vec![
        claim(
            LooksOnce,
            half_done(),
            Property::NothingTruncated,
            Expected::Refuted,
            "The last request that was sent is not handed back to its caller (#4122).",
        )
        .meaning(Meaning::Defect, known::told("#4122")),
        claim(
            LooksUntilClosed,
            half_done(),
            Property::NothingTruncated,
            Expected::Proved,
            "Every request that was sent is handed back to its caller.",
        ),
        claim(
            LooksUntilClosed,
            half_done(),
            Property::NoStall,
            Expected::Proved,
            "Looking again ends as soon as the sender takes its next step.",
        ),
        claim(
            LooksUntilClosed,
            never_published(),
            Property::NoStall,
            Expected::Refuted,
            "If the sender never publishes its request, looking again has no end.",
        )
        .meaning(
            Meaning::Accepted,
            "tokio has no sender that reserves a permit and never sends. The repair relies on that.",
        ),
    ]
}
