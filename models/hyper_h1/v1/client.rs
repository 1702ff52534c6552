//! The client: `hyper::client::conn::http1`.

use std::sync::Arc;

use http_body_util::BodyExt;
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper::{Request, header};
use lastbyte::{Handle, Socket, Subject};

use super::super::client::{Answer, Client, HOST, Outgoing, drive};
use super::super::driven;
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
        used.map_err(|error| error.to_string())
    };
    drive(connection, user).await
}

/// What the user holds as long as the connection lives.
#[derive(Default)]
struct Kept {
    bodies: Vec<hyper::body::Incoming>,
    sender: Option<SendRequest<Body>>,
}

async fn use_it(
    client: &Client,
    mut sender: SendRequest<Body>,
    handle: &Handle,
    kept: &mut Kept,
) -> hyper::Result<()> {
    for (n, outgoing) in client.requests.iter().enumerate() {
        if n > 0 {
            sender.ready().await?;
        }
        let response = sender.send_request(message(outgoing, handle)).await?;
        match client.answer {
            Answer::Dropped => drop(response),
            Answer::Read => drop(response.into_body().collect().await?),
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
