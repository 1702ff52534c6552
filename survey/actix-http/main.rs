//! actix-http: the HTTP/1 server.

#[path = "../kit.rs"]
mod kit;
use actix_http::{HttpService, KeepAlive, Request, Response, StatusCode};
use actix_service::{Service, ServiceFactory, fn_service};
use futures::future::poll_fn;
use kit::*;
use std::convert::Infallible;
use std::time::Duration;
use tokio_util::compat::FuturesAsyncReadCompatExt;

/// Gives a connection the runtime that it asks for; its clock stands still unless it is looked at.
async fn in_runtime<T>(task: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let local = tokio::task::LocalSet::new();
    let mut task = Box::pin(local.run_until(task));
    let done = poll_fn(|cx| {
        let _inside = runtime.enter();
        task.as_mut().poll(cx)
    });
    let done = done.await;
    drop(task);
    let _inside = runtime.enter();
    drop(local);
    done
}

/// Answers with 16 bytes when the handler is told to; closes the connection after it.
async fn serves(socket: Socket) -> io::Result<()> {
    let handle = socket.handle();
    handle.expect_delivery(Bytes::from_static(&[b'x'; 16]));
    let answer = fn_service(move |_: Request| {
        let handle = handle.clone();
        async move {
            poll_fn(|cx| handle.poll_signal(0, cx)).await;
            let response = Response::build(StatusCode::OK)
                .insert_header(("date", "x"))
                .body("x".repeat(16));
            Ok::<_, Infallible>(response)
        }
    });
    let service = HttpService::build()
        .keep_alive(KeepAlive::Disabled)
        .client_request_timeout(Duration::ZERO);
    let service = service
        .client_disconnect_timeout(Duration::ZERO)
        .h1(answer)
        .new_service(())
        .await;
    let service = service.map_err(|()| failed("no service"))?;
    service.call((socket.compat(), None)).await.map_err(failed)
}

/// A head, and the promised body after it.
fn response(stream: &[u8], promises: &[Bytes]) -> Parse {
    let head = stream.windows(4).position(|window| window == b"\r\n\r\n");
    match head.is_some_and(|head| stream[head + 4..] == *promises[0]) {
        true => Parse::Complete,
        false => Parse::Incomplete,
    }
}

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

/// A request, then these steps of the client and of the handler.
fn serving(checker: Checker, steps: &[ScriptStep]) -> Checker {
    let checker = checker
        .input(REQUEST)
        .framing(|| Parsed::new(response))
        .stack_bytes(1 << 20);
    checker
        .signals(1)
        .script(Script::new("client and handler", steps))
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
            |s| in_runtime(serves(s))
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
            |s| in_runtime(serves(s))
        ),
        family(
            "slow reader",
            "The same.",
            serving(slowly(&[64], 32), &[ANSWERS]),
            |s| in_runtime(serves(s))
        ),
        family(
            "error in the middle",
            "The client resets after 10 bytes.",
            serving(
                over(&[64]).readers([Reader::PROMPT.resets_after(10)]),
                &[ANSWERS]
            ),
            |s| in_runtime(serves(s))
        ),
    ]
);
