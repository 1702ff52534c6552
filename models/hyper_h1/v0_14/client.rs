//! The client: `hyper::client::conn`.

use std::future::poll_fn;
use std::sync::Arc;

use hyper_0_14::client::conn::{Builder, SendRequest};
use hyper_0_14::{Body, Request, header};
use lastbyte::{Handle, Socket, Subject};

use super::super::client::{Answer, Client, HOST, Outgoing, drive};
use super::super::driven;
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
    let user = async {
        let used = use_it(&client, sender, &handle, &mut kept).await;
        used.map_err(|error| error.to_string())
    };
    drive(connection, user).await
}

/// What the user holds as long as the connection lives.
#[derive(Default)]
struct Kept {
    bodies: Vec<Body>,
    sender: Option<SendRequest<Body>>,
}

async fn use_it(
    client: &Client,
    mut sender: SendRequest<Body>,
    handle: &Handle,
    kept: &mut Kept,
) -> hyper_0_14::Result<()> {
    for (n, outgoing) in client.requests.iter().enumerate() {
        if n > 0 {
            poll_fn(|cx| sender.poll_ready(cx)).await?;
        }
        let response = sender.send_request(message(outgoing, handle)).await?;
        match client.answer {
            Answer::Dropped => drop(response),
            Answer::Read => drop(hyper_0_14::body::to_bytes(response.into_body()).await?),
            Answer::Kept => kept.bodies.push(response.into_body()),
        }
    }
    kept.sender = (!client.lets_go).then_some(sender);
    Ok(())
}

fn message(outgoing: &Outgoing, handle: &Handle) -> Request<Body> {
    let mut request = Request::builder()
        .method(outgoing.method)
        .uri("/")
        .header(header::HOST, HOST);
    if let Some((name, value)) = outgoing.length() {
        request = request.header(name, value);
    }
    let body = body(outgoing.body.clone(), outgoing.source, handle);
    request.body(body).expect("the head is valid")
}
