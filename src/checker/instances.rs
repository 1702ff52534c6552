//! What a checker explores, as instances for claims.

use std::sync::Arc;

use super::Checker;
use super::subject::IntoSubject;
use crate::check::instance::Instance;

impl Checker {
    /// The connection with every combination of a kernel buffer and a reader, as instances of the
    /// subject `name`, for the [`Claim`](crate::Claim)s of a [`Model`](crate::Model). Their parameters
    /// are the capacity and the reader. The checker's properties and limits are not used here: those of
    /// the claims and of the command line are.
    ///
    /// ```
    /// use lastbyte::{Checker, Claim, Expected, Model, Property, Registry, Socket};
    ///
    /// fn claims() -> Vec<Claim> {
    ///     let hasty = |mut socket: Socket| async move {
    ///         socket.expect_delivery(b"response");
    ///         let _taken = socket.write(b"response").await?;
    ///         socket.close().await
    ///     };
    ///     let instances = Checker::new().kernel_buffer(1..=7).instances("hasty", hasty);
    ///     let sentence = "A partial write that is not looked at is a loss.";
    ///     vec![Claim::new("hasty", sentence, Property::NoSilentLoss, Expected::Refuted, instances)]
    /// }
    ///
    /// let model = Model { claims, ..Model::new("mine", "a writer in a hurry") };
    /// let registry = Registry::new([model]).unwrap();
    /// assert_eq!(registry.claims()[0].bounds(), "K=1..7, reader prompt/slow:1");
    /// ```
    ///
    /// # Panics
    ///
    /// When the scenario cannot be run, like [`Checker::run`].
    #[track_caller]
    pub fn instances<M>(&self, name: &str, connection: impl IntoSubject<M>) -> Vec<Instance> {
        let subject = self.subject(connection);
        self.expect_runnable(&subject);
        let instance = |scenario| {
            Instance::new(name, scenario, Arc::clone(&subject))
                .with_capacity()
                .with_reader()
        };
        self.scenarios().map(instance).collect()
    }
}
