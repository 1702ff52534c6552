//! The client: `hyper::client::conn::http1`.

use std::sync::Arc;

use http_body_util::BodyExt;
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper::upgrade::Upgraded;
use hyper::{Request, StatusCode};
use lastbyte::{Handle, Socket, Subject};

use super::super::client::{Answer, Client, Outgoing, drive};
use super::super::driven;
use super::server::say;
use super::{Body, Io, VERSION, body};

/// Makes the subject for a client.
pub fn client(client: Client) -> Arc<dyn Subject> {
    driven(VERSION, client, |client, socket| {
        Box::pin(request(client, socket))
    })
}

async fn request(client: Client, socket: Socket) -> Result<(), String> {
    let handle = socket.handle();
    let mut builder = Builder::new();
    if let Some(bytes) = client.max_buf_size {
        builder.max_buf_size(bytes);
    }
    let handshake = builder.handshake(Io(socket)).await;
    let (sender, connection) = handshake.map_err(|error| error.to_string())?;
    let mut kept = Kept::default();
    let user = async {
        let used = use_it(&client, sender, &handle, &mut kept).await;
        let upgraded = used.map_err(|error| error.to_string())?;
        match (upgraded, client.upgrade.clone()) {
            (Some(upgraded), Some(words)) => {
                let said = say(upgraded, words).await;
                said.map_err(|error| error.to_string())
            }
            _ => Ok(()),
        }
    };
    if client.taken_out {
        let taken_out = async { connection.without_shutdown().await.map(drop) };
        drive(taken_out, user).await
    } else if client.upgrade.is_some() {
        drive(connection.with_upgrades(), user).await
    } else {
        drive(connection, user).await
    }
}

/// What the user holds as long as the connection lives.
#[derive(Default)]
struct Kept {
    bodies: Vec<hyper::body::Incoming>,
    sender: Option<SendRequest<Body>>,
}

/// Sends the requests one after the other: the new protocol's socket, where the user takes one.
async fn use_it(
    client: &Client,
    mut sender: SendRequest<Body>,
    handle: &Handle,
    kept: &mut Kept,
) -> hyper::Result<Option<Upgraded>> {
    for (n, outgoing) in client.requests.iter().enumerate() {
        if n > 0 {
            sender.ready().await?;
        }
        let response = sender.send_request(message(outgoing, handle)).await?;
        if client.upgrade.is_some() && response.status() == StatusCode::SWITCHING_PROTOCOLS {
            return hyper::upgrade::on(response).await.map(Some);
        }
        match client.answer {
            Answer::Dropped => drop(response),
            Answer::Read => drop(response.into_body().collect().await?),
            Answer::Kept => kept.bodies.push(response.into_body()),
        }
    }
    kept.sender = (!client.lets_go).then_some(sender);
    Ok(None)
}

fn message(outgoing: &Outgoing, handle: &Handle) -> Request<Body> {
    let mut request = Request::builder().method(outgoing.method).uri("/");
    for (name, value) in outgoing.headers() {
        request = request.header(name, value);
    }
    let body = body(outgoing.body.clone(), outgoing.source, handle);
    request.body(body).expect("the head is valid")
}
