//! capnp-rpc: a client that asks for the server's capability, and a server that has none.

#[path = "../kit.rs"]
mod kit;
use capnp::capability::Client;
use capnp_rpc::{RpcSystem, rpc_twoparty_capnp::Side, twoparty::VatNetwork};
use futures::{AsyncReadExt, future::select};
use kit::*;

fn system(socket: Socket, side: Side) -> RpcSystem<Side> {
    let (reader, writer) = socket.split();
    let network = VatNetwork::new(reader, writer, side, Default::default());
    RpcSystem::new(Box::new(network), None)
}

/// Asks, and disconnects without waiting for the answer.
async fn disconnects(socket: Socket) -> io::Result<()> {
    socket.expect_delivery([ASKS, ABORTS].concat());
    let mut system = system(socket, Side::Client);
    let disconnector = system.get_disconnector();
    let _server: Client = system.bootstrap(Side::Server);
    let (ended, _) = select(disconnector, system).await.factor_first();
    ended.map_err(failed)
}

/// Answers until the client ends.
async fn serves(socket: Socket) -> io::Result<()> {
    socket.expect_delivery(REFUSES);
    system(socket, Side::Server).await.map_err(failed)
}

/// What asks for a server's capability: the number of words, and these.
const ASKS: &[u8] = b"\0\0\0\0\x05\0\0\0\0\0\0\0\x01\0\x01\0\x08\0\0\0\0\0\0\0\
    \0\0\0\0\x01\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
/// What says that the client disconnects.
const ABORTS: &[u8] = b"\0\0\0\0\x0a\0\0\0\0\0\0\0\x01\0\x01\0\x01\0\0\0\0\0\0\0\
    \0\0\0\0\x01\0\x02\0\0\0\0\0\x02\0\0\0\x05\0\0\0\xe2\0\0\0\0\0\0\0\0\0\0\0\
    client requested disconnect\0\0\0\0\0";
/// What says that there is none, and that the client has ended.
const REFUSES: &[u8] =
    b"\x01\0\0\0\x08\0\0\0\x04\0\0\0\0\0\0\0\0\0\0\0\x01\0\x01\0\x03\0\0\0\0\0\0\0\0\0\0\0\x02\0\
    \x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x02\0\x03\0\0\0\0\0\0\0\x02\0\0\0\x01\0\0\
    \0\x01\0\0\0\x17\0\0\0\x04\0\0\0\x01\0\x01\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x09\0\
    \0\0\0\0\0\0\x01\0\x01\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\0\x02\0\0\0\0\0\x02\0\0\0\x05\0\0\0\
    \x9a\0\0\0\0\0\0\0\0\0\0\0Peer disconnected.\0\0\0\0\0\0";

/// A client that sends FIN when it has the answer.
fn ends() -> Script {
    let steps = [ScriptStep::AwaitReceived(112), ScriptStep::FinishInput];
    Script::new("client", steps)
}

fn families() -> Vec<Family> {
    let cut = |family: Family| {
        family.reported(
            "capnproto/capnproto-rust#583",
            "0.27.0",
            &[NothingTruncated, NoSilentLoss],
        )
    };
    vec![
        cut(family(
            "disconnect",
            "A client asks for the server's capability, and disconnects.",
            over(&[64]),
            disconnects,
        )),
        family(
            "disconnect, room for all",
            "The same, where the kernel takes all of it.",
            over(&[512]),
            disconnects,
        ),
        cut(family(
            "disconnect, buffered",
            "The same over a layer that buffers.",
            over(&[64]).flush(FlushMode::Buffers(512)),
            disconnects,
        )),
        cut(family(
            "slow reader",
            "The same over a plain socket.",
            slowly(&[64], 32),
            disconnects,
        )),
        family(
            "error in the middle",
            "The server resets after 40 bytes.",
            over(&[64]).readers([Reader::PROMPT.resets_after(40)]),
            disconnects,
        ),
        family(
            "server, half-close",
            "The client has sent FIN after its question.",
            over(&[128, 512]).input(ASKS).input_eof(),
            serves,
        ),
        family(
            "server, write and close",
            "The client sends FIN when it has the answer.",
            over(&[128, 512]).input(ASKS).script(ends()),
            serves,
        ),
        family(
            "server, write and close, buffered",
            "The same over a layer that buffers.",
            over(&[128])
                .flush(FlushMode::Buffers(512))
                .input(ASKS)
                .script(ends()),
            serves,
        ),
    ]
}

survey!("remote procedure calls over a socket", families());
