//! The client: `hyper::client::conn`.

use std::future::poll_fn;
use std::sync::Arc;

use hyper_0_14::client::conn::{Builder, SendRequest};
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
    let user = use_it(&client, sender, &handle, (&awaited, &mut kept));
    let giving_up = (&awaited, &handle, client.cancels);
    match client.taken_out {
        true => {
            let taken_out = async { connection.without_shutdown().await.map(drop) };
            drive(taken_out, user, giving_up).await
        }
        // This connection can be upgraded, too.
        false => drive(connection, user, giving_up).await,
    }
}

/// What the user holds as long as the connection lives.
#[derive(Default)]
struct Kept {
    bodies: Vec<Body>,
    sender: Option<SendRequest<Body>>,
}

/// Sends the requests one after the other, and speaks the new protocol where one is granted.
async fn use_it(
    client: &Client,
    mut sender: SendRequest<Body>,
    handle: &Handle,
    (awaited, kept): (&Awaited, &mut Kept),
) -> Result<(), String> {
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
        if let Some(words) = &client.upgrade
            && response.status() == StatusCode::SWITCHING_PROTOCOLS
        {
            let upgraded = hyper_0_14::upgrade::on(response).await;
            let upgraded = upgraded.map_err(|error| error.to_string())?;
            drop(sender);
            let said = say(upgraded, words.clone()).await;
            return said.map_err(|error| error.to_string());
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
    Ok(())
}

fn message(outgoing: &Outgoing, handle: &Handle) -> Request<Body> {
    let mut request = Request::builder().method(outgoing.method).uri("/");
    for (name, value) in outgoing.headers() {
        request = request.header(name, value);
    }
    let body = body(outgoing.body.clone(), outgoing.source, handle);
    request.body(body).expect("the head is valid")
}
