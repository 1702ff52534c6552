//! What an ended connection has left in the kernel.

use std::future::poll_fn;
use std::task::Poll;

use lastbyte::{Checker, Property, Reader, Script, ScriptStep, Socket, Verdict};

/// Writes a right byte or a wrong one, depending on a signal, and ends without a further call.
fn leaks(wrong_when_raised: bool) -> Verdict {
    let report = Checker::new()
        .kernel_buffer([4])
        .readers([Reader::PROMPT])
        .signals(1)
        .script(Script::new("operator", [ScriptStep::Raise(0)]))
        .run(move |mut socket: Socket| async move {
            socket.expect_delivery(b"a");
            let handle = socket.handle();
            let raised = poll_fn(|cx| Poll::Ready(handle.poll_signal(0, cx).is_ready())).await;
            let byte = if raised == wrong_when_raised {
                b"b"
            } else {
                b"a"
            };
            socket.write_all(byte).await?;
            std::mem::forget(socket);
            Ok::<(), std::io::Error>(())
        });
    report.verdict(Property::ReceivedIsPrefix)
}

#[test]
fn what_an_ended_connection_wrote_belongs_to_the_state() {
    for wrong_when_raised in [true, false] {
        assert_eq!(
            leaks(wrong_when_raised),
            Verdict::Refuted,
            "{wrong_when_raised}"
        );
    }
}
