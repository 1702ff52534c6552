//! What can be checked: a closure, or anything that implements [`Subject`].

use std::fmt::Display;
use std::future::Future;
use std::sync::Arc;

use crate::environment::framing::Framing;
use crate::run::socket::Socket;
use crate::run::subject::{Running, Subject};

/// A connection to check: a closure from a [`Socket`] to a future, with any error that can be
/// displayed; a [`Subject`] by value; or a shared one.
///
/// `M` tells the three apart, and is never named.
pub trait IntoSubject<M> {
    /// The subject, with these settings where it has none of its own.
    #[doc(hidden)]
    fn into_subject(self, settings: Configured) -> Arc<dyn Subject>;
}

/// A closure.
#[derive(Debug)]
pub struct ByClosure<Fut, E>(std::marker::PhantomData<(Fut, E)>);

/// A subject by value.
#[derive(Debug)]
pub struct BySubject;

/// A shared subject.
#[derive(Debug)]
pub struct ByShared;

/// What a closure cannot say of itself.
#[doc(hidden)]
#[allow(missing_debug_implementations)]
pub struct Configured {
    pub(super) framing: Arc<dyn Fn() -> Box<dyn Framing> + Send + Sync>,
    pub(super) stack_bytes: usize,
    pub(super) reads_while_writing: bool,
}

struct Closure<F> {
    start: F,
    settings: Configured,
}

impl<F, Fut, E> Subject for Closure<F>
where
    F: Fn(Socket) -> Fut + Send + Sync,
    Fut: Future<Output = Result<(), E>> + 'static,
    E: Display + 'static,
{
    fn start(&self, socket: Socket) -> Running {
        let connection = (self.start)(socket);
        Box::pin(async move { connection.await.map_err(|error| error.to_string()) })
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
}

impl<F, Fut, E> IntoSubject<ByClosure<Fut, E>> for F
where
    F: Fn(Socket) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), E>> + 'static,
    E: Display + 'static,
{
    fn into_subject(self, settings: Configured) -> Arc<dyn Subject> {
        Arc::new(Closure {
            start: self,
            settings,
        })
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
