//! The client: `hyper::client::conn`.

use std::future::poll_fn;
use std::sync::Arc;

use hyper_0_14::client::conn::{Builder, SendRequest};
use hyper_0_14::upgrade::Upgraded;
use hyper_0_14::{Body, Request, StatusCode};
use lastbyte::{Handle, Socket, Subject};

use super::super::client::{Answer, Awaited, Client, GIVES_UP, Outgoing, drive};
use super::super::driven;
use super::server::say;
use super::{VERSION, body};

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
        builder.http1_max_buf_size(bytes);
    }
    let handshake = builder.handshake(socket).await;
    let (sender, connection) = handshake.map_err(|error| error.to_string())?;
    let mut kept = Kept::default();
    let awaited = Awaited::default();
    let user = async {
        let used = use_it(&client, sender, &handle, (&awaited, &mut kept)).await;
        match (used?, client.upgrade.clone()) {
            (Some(upgraded), Some(words)) => {
                let said = say(upgraded, words).await;
                said.map_err(|error| error.to_string())
            }
            _ => Ok(()),
        }
    };
    let giving_up = (&awaited, &handle, client.cancels);
    match client.taken_out {
        true => {
            let taken_out = async { connection.without_shutdown().await.map(drop) };
            drive(taken_out, user, giving_up).await
        }
        // It can be upgraded.
        false => drive(connection, user, giving_up).await,
    }
}

/// What the user holds as long as the connection lives.
#[derive(Default)]
struct Kept {
    bodies: Vec<Body>,
    sender: Option<SendRequest<Body>>,
}

/// Sends the requests one after the other: the new protocol's socket, where the user takes one.
async fn use_it(
    client: &Client,
    mut sender: SendRequest<Body>,
    handle: &Handle,
    (awaited, kept): (&Awaited, &mut Kept),
) -> Result<Option<Upgraded>, String> {
    for (n, outgoing) in client.requests.iter().enumerate() {
        if n > 0 {
            poll_fn(|cx| sender.poll_ready(cx))
                .await
                .map_err(|error| error.to_string())?;
        }
        let response = sender.send_request(message(outgoing, handle));
        let Some(response) = awaited.get(response).await else {
            kept.sender = Some(sender);
            return Err(GIVES_UP.to_owned());
        };
        let response = response.map_err(|error| error.to_string())?;
        if client.upgrade.is_some() && response.status() == StatusCode::SWITCHING_PROTOCOLS {
            let upgraded = hyper_0_14::upgrade::on(response).await;
            return upgraded.map(Some).map_err(|error| error.to_string());
        }
        match client.answer {
            Answer::Dropped => drop(response),
            Answer::Read => drop(
                hyper_0_14::body::to_bytes(response.into_body())
                    .await
                    .map_err(|error| error.to_string())?,
            ),
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
