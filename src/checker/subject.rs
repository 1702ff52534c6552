//! What can be checked: a closure, or anything that implements [`Subject`].

use std::fmt::Display;
use std::future::Future;
use std::sync::Arc;

use crate::environment::framing::Framing;
use crate::run::socket::Socket;
use crate::run::subject::{Running, Subject};

/// A connection to check: a closure from a [`Socket`], or from two or three of them, to a future,
/// with any error that can be displayed; a [`Subject`] by value; or a shared one.
///
/// `M` distinguishes these cases; you never name it.
pub trait IntoSubject<M> {
    /// The subject, with these settings if it has none of its own.
    #[doc(hidden)]
    fn into_subject(self, settings: Configured) -> Arc<dyn Subject>;
}

/// A closure.
#[derive(Debug)]
pub struct ByClosure<Fut, E>(std::marker::PhantomData<(Fut, E)>);

/// A closure that takes two sockets.
#[derive(Debug)]
pub struct ByPair<Fut, E>(std::marker::PhantomData<(Fut, E)>);

/// A closure that takes three sockets.
#[derive(Debug)]
pub struct ByThree<Fut, E>(std::marker::PhantomData<(Fut, E)>);

/// A subject by value.
#[derive(Debug)]
pub struct BySubject;

/// A shared subject.
#[derive(Debug)]
pub struct ByShared;

/// The settings that a closure cannot express.
#[doc(hidden)]
#[allow(missing_debug_implementations)]
pub struct Configured {
    pub(super) framing: Arc<dyn Fn() -> Box<dyn Framing> + Send + Sync>,
    pub(super) stack_bytes: usize,
    pub(super) reads_while_writing: bool,
    pub(super) varying: &'static [(&'static [u8], usize)],
}

impl<F, Fut, E> IntoSubject<ByClosure<Fut, E>> for F
where
    F: Fn(Socket) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), E>> + 'static,
    E: Display + 'static,
{
    fn into_subject(self, settings: Configured) -> Arc<dyn Subject> {
        let start = move |[socket]: [Socket; 1]| -> Running {
            let connection = self(socket);
            Box::pin(async move { told(connection.await) })
        };
        Arc::new(Several { start, settings })
    }
}

/// A closure that takes this many sockets.
struct Several<F, const SOCKETS: usize> {
    start: F,
    settings: Configured,
}

impl<F, const SOCKETS: usize> Subject for Several<F, SOCKETS>
where
    F: Fn([Socket; SOCKETS]) -> Running + Send + Sync,
{
    fn start(&self, socket: Socket) -> Running {
        self.start_all(vec![socket])
    }

    fn start_all(&self, sockets: Vec<Socket>) -> Running {
        match <[Socket; SOCKETS]>::try_from(sockets) {
            Ok(sockets) => (self.start)(sockets),
            Err(sockets) => panic!(
                "the scenario has {} sockets, and the connection takes {SOCKETS}",
                sockets.len()
            ),
        }
    }

    fn sockets(&self) -> Option<usize> {
        Some(SOCKETS)
    }

    fn actor(&self) -> String {
        "connection".to_owned()
    }

    fn framing(&self) -> Box<dyn Framing> {
        (self.settings.framing)()
    }

    fn stack_bytes(&self) -> usize {
        self.settings.stack_bytes
    }

    fn reads_while_writing(&self) -> bool {
        self.settings.reads_while_writing
    }

    fn varying(&self) -> &'static [(&'static [u8], usize)] {
        self.settings.varying
    }
}

fn told<E: Display>(result: Result<(), E>) -> Result<(), String> {
    result.map_err(|error| error.to_string())
}

impl<F, Fut, E> IntoSubject<ByPair<Fut, E>> for F
where
    F: Fn(Socket, Socket) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), E>> + 'static,
    E: Display + 'static,
{
    fn into_subject(self, settings: Configured) -> Arc<dyn Subject> {
        let start = move |[first, second]: [Socket; 2]| -> Running {
            let connection = self(first, second);
            Box::pin(async move { told(connection.await) })
        };
        Arc::new(Several { start, settings })
    }
}

impl<F, Fut, E> IntoSubject<ByThree<Fut, E>> for F
where
    F: Fn(Socket, Socket, Socket) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), E>> + 'static,
    E: Display + 'static,
{
    fn into_subject(self, settings: Configured) -> Arc<dyn Subject> {
        let start = move |[first, second, third]: [Socket; 3]| -> Running {
            let connection = self(first, second, third);
            Box::pin(async move { told(connection.await) })
        };
        Arc::new(Several { start, settings })
    }
}

impl<S: Subject + 'static> IntoSubject<BySubject> for S {
    fn into_subject(self, _settings: Configured) -> Arc<dyn Subject> {
        Arc::new(self)
    }
}

impl IntoSubject<ByShared> for Arc<dyn Subject> {
    fn into_subject(self, _settings: Configured) -> Arc<dyn Subject> {
        self
    }
}

impl IntoSubject<ByShared> for &Arc<dyn Subject> {
    fn into_subject(self, _settings: Configured) -> Arc<dyn Subject> {
        self.clone()
    }
}
