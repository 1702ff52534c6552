//! The client: `hyper::client::conn::http1`.

use std::sync::Arc;

use http_body_util::BodyExt;
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper::{Request, StatusCode};
use lastbyte::{Handle, Socket, Subject};

use super::super::client::{Answer, Awaited, Client, GIVES_UP, Outgoing, drive};
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
    let awaited = Awaited::default();
    let user = use_it(&client, sender, &handle, (&awaited, &mut kept));
    let giving_up = (&awaited, &handle, client.cancels);
    if client.taken_out {
        let taken_out = async { connection.without_shutdown().await.map(drop) };
        drive(taken_out, user, giving_up).await
    } else if client.upgrade.is_some() {
        drive(connection.with_upgrades(), user, giving_up).await
    } else {
        drive(connection, user, giving_up).await
    }
}

/// What the user holds as long as the connection lives.
#[derive(Default)]
struct Kept {
    bodies: Vec<hyper::body::Incoming>,
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
            sender.ready().await.map_err(|error| error.to_string())?;
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
            let upgraded = hyper::upgrade::on(response).await;
            let upgraded = upgraded.map_err(|error| error.to_string())?;
            drop(sender);
            let said = say(upgraded, words.clone()).await;
            return said.map_err(|error| error.to_string());
        }
        match client.answer {
            Answer::Dropped => drop(response),
            Answer::Read => drop(
                response
                    .into_body()
                    .collect()
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
