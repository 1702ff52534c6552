//! hyper: HTTP/1's [`server`] and [`client`], a server that is told to be [`graceful`], and the server of
//! [`http2`].

mod client;
#[path = "../frames.rs"]
mod frames;
mod graceful;
mod http2;
#[path = "../kit.rs"]
mod kit;
mod server;
#[path = "../service.rs"]
mod service;
mod told;
use graceful::serves;

survey!(
    "the HTTP/2 server, and both sides of HTTP/1",
    [
        server::families(),
        client::families(),
        told::families(),
        http2::families()
    ]
    .into_iter()
    .flatten()
    .collect()
);
