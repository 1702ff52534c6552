//! TLS: a server's certificate and a client that trusts it, and what is random on the wire.

use crate::kit::{Checker, Counted};
use std::sync::{Arc, LazyLock};
use tokio_rustls::rustls::pki_types::{PrivatePkcs8KeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};

/// Of a client and of a server, whose certificate says `localhost`.
pub static CONFIGS: LazyLock<(Arc<ClientConfig>, Arc<ServerConfig>)> = LazyLock::new(|| {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivatePkcs8KeyDer::from(own.key_pair.serialize_der()).into();
    let certificate = own.cert.der();
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).unwrap();
    let client = ClientConfig::builder().with_root_certificates(roots);
    let server = ServerConfig::builder().with_no_client_auth();
    let server = server.with_single_cert(vec![certificate.clone()], key);
    let mut server = server.unwrap();
    server.send_tls13_tickets = 0;
    (client.with_no_client_auth().into(), server.into())
});

/// The name of the server.
pub fn localhost() -> ServerName<'static> {
    ServerName::try_from("localhost").unwrap()
}

/// Client hellos and records of these lengths are random after their heads.
const RANDOM: &[(&[u8], usize)] = &[
    (b"\x16\x03\x01", 1000),
    (b"\x17\x03\x03\0\x39", 57),
    (b"\x17\x03\x03\0\x13", 19),
];

/// The reader counts bytes, and no test of the ciphertext is made.
pub fn random(checker: Checker) -> Checker {
    checker
        .framing(Counted::default)
        .varying(RANDOM)
        .stack_bytes(1 << 20)
}
