//! actix-http: the HTTP/1 server.

#[path = "../http.rs"]
mod http;
#[path = "../kit.rs"]
mod kit;
#[path = "../runtime.rs"]
mod runtime;
use self::http::{REQUEST, answering, asks_twice};
use actix_http::{HttpService, KeepAlive, Request, Response, StatusCode};
use actix_service::{Service, ServiceFactory, fn_service};
use kit::*;
use runtime::in_runtime;
use std::cell::Cell;
use std::convert::Infallible;
use std::time::Duration;
use tokio_util::compat::FuturesAsyncReadCompatExt;

/// Answers with 16 bytes, at once or when the handler is told to, and leaves a request's body alone.
async fn serves(socket: Socket, waits: bool, keep_alive: KeepAlive) -> io::Result<()> {
    let handle = socket.handle();
    let promise = Bytes::from_static(&[b'x'; 16]);
    handle.expect_delivery(promise.clone());
    let again = Cell::new(false);
    let answer = fn_service(move |_: Request| {
        // The first request is promised an answer before it is read.
        if again.replace(true) {
            handle.expect_delivery(promise.clone());
        }
        let handle = handle.clone();
        async move {
            if waits {
                handle.signal(0).await;
            }
            let mut response = Response::build(StatusCode::OK);
            let response = response.insert_header(("date", "x"));
            Ok::<_, Infallible>(response.body("x".repeat(16)))
        }
    });
    let service = HttpService::build().keep_alive(keep_alive);
    let service = service.client_request_timeout(Duration::ZERO);
    let service = service.client_disconnect_timeout(Duration::ZERO).h1(answer);
    let service = service.new_service(()).await;
    let service = service.map_err(|()| failed("no service"))?;
    service.call((socket.compat(), None)).await.map_err(failed)
}

/// Closes the connection after an answer that the handler is told to give.
fn answers(socket: Socket) -> impl Future<Output = io::Result<()>> {
    in_runtime(serves(socket, true, KeepAlive::Disabled))
}

/// Keeps the connection after an answer, without a timer.
fn keeps(socket: Socket) -> impl Future<Output = io::Result<()>> {
    in_runtime(serves(socket, false, KeepAlive::Os))
}

/// A request, then these steps of the client and of the handler.
fn serving(checker: Checker, steps: &[ScriptStep]) -> Checker {
    let script = Script::new("client and handler", steps);
    answering(checker.input(REQUEST)).signals(1).script(script)
}

const ANSWERS: ScriptStep = ScriptStep::Raise(0);
const ENDS: ScriptStep = ScriptStep::FinishInput;

survey!(
    "the HTTP/1 server",
    vec![
        family(
            "half-close",
            "The client half-closes after its request, and the handler answers later.",
            serving(over(&[64, 1024]), &[ENDS, ANSWERS]),
            answers
        )
        .between(
            "actix/actix-web#3748",
            ("3.11.1", "3.11.2"),
            &[NoSilentLoss, NothingTruncated]
        ),
        family(
            "write and close",
            "A response after which the connection closes.",
            serving(over(&[64, 1024]), &[ANSWERS]),
            answers
        ),
        family(
            "slow reader",
            "The same.",
            serving(slowly(&[64], 32), &[ANSWERS]),
            answers
        ),
        family(
            "error in the middle",
            "The client resets after 10 bytes.",
            serving(
                over(&[64]).readers([Reader::PROMPT.resets_after(10)]),
                &[ANSWERS]
            ),
            answers
        ),
        family(
            "write and close, buffered",
            "The same response over a layer that buffers.",
            serving(
                over(&[64])
                    .flush(FlushMode::Buffers(1024))
                    .shutdown(ShutdownMode::FlushesFirst),
                &[ANSWERS]
            ),
            answers
        ),
        family(
            "the shutdown is pending",
            "The same response over a layer whose shutdown takes a while.",
            serving(over(&[64]).shutdown(ShutdownMode::Deferred), &[ANSWERS]),
            answers
        ),
        family(
            "keep-alive, a body that the handler leaves",
            "The client sends the body when it has the answer, and then another request.",
            answering(over(&[1024]).peer(asks_twice)),
            keeps
        )
        .reported("actix/actix-web#3715", "3.11.2", &[Ends]),
    ]
);
