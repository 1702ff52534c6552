//! Not hyper's: the connection that `cargo verify explore` describes, and the settings it takes.

use lastbyte::check::{Query, Setting};

use super::{Body, Connection, NAME, Owed, Revision, Service, UserBody};
use crate::hyper_h1::{
    ABOUT_GRACEFUL, ABOUT_HANDLER, GRACEFUL, HALF_CLOSE, HANDLER, PIPELINE_FLUSH,
};

/// The handlers by the names that the command line uses.
const HANDLERS: [(&str, UserBody, Service); 6] = [
    ("reads", UserBody::ReadFirst, Service::Answers),
    ("ignores", UserBody::Dropped, Service::Answers),
    ("answers-first", UserBody::ReadBeside, Service::Answers),
    ("keeps", UserBody::Kept, Service::Answers),
    ("fails", UserBody::Dropped, Service::Fails),
    ("never", UserBody::Kept, Service::Never),
];

/// The settings of a connection.
pub(super) fn settings() -> Vec<Setting> {
    vec![
        Setting::flag("pipeline_flush", PIPELINE_FLUSH),
        Setting::flag("half_close", HALF_CLOSE),
        Setting::one_of(HANDLER, ABOUT_HANDLER, HANDLERS.map(|(name, ..)| name)),
        Setting::moment(GRACEFUL, ABOUT_GRACEFUL),
    ]
}

/// The connection of a query. An error if the request is not made of abstract messages.
pub(super) fn of_query(revision: Revision, query: &Query) -> Result<Connection, String> {
    let body = match query.response_bytes as usize {
        0 => Body::Empty,
        n => Body::Full(n),
    };
    if query
        .request
        .iter()
        .any(|byte| !b"GCPp123456789UVTEQ.;-x!".contains(byte))
    {
        return Err(format!(
            "{NAME} reads abstract messages: G, C, T, U, one of P, p, V and E with a digit, Q with x, . \
             and ;, -, ! and body bytes x; got {:?}",
            query.request
        ));
    }
    let handler = query.setting(HANDLER);
    let known = HANDLERS.iter().find(|(name, ..)| Some(*name) == handler);
    let (user_body, service) = known.map_or_else(Default::default, |(_, user_body, service)| {
        (*user_body, *service)
    });
    Ok(Connection {
        revision,
        pipeline_flush: query.is_set("pipeline_flush"),
        half_close: query.is_set("half_close"),
        graceful: query.signal(&settings(), GRACEFUL),
        user_body,
        service,
        owed: Owed::AsServed,
        ..Connection::server([body], 0)
    })
}
