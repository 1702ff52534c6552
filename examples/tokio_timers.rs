//! A write with tokio's own timeout. The connection gives up after a second, whatever is left, and ends with
//! `Ok`: the bytes are lost silently.

#[cfg(not(loom))]
fn main() {
    use std::time::Duration;

    use lastbyte::run::Paused;
    use lastbyte::{Checker, Property, Socket};

    let report = Checker::new()
        .kernel_buffer([1])
        .clock()
        .run(|mut socket: Socket| {
            Paused::new(&socket.handle(), async move {
                socket.expect_delivery(b"ab");
                match tokio::time::timeout(Duration::from_secs(1), socket.write_all(b"ab")).await {
                    Ok(written) => written,
                    Err(_elapsed) => Ok(()),
                }
            })
        });
    report.assert_refuted(Property::NoSilentLoss);
    println!("{report}");
}

/// Under `--cfg loom`, tokio's runtime is made for loom, and there is no `Paused`.
#[cfg(loom)]
fn main() {}
