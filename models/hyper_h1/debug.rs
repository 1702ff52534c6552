//! The text of a server, which is a part of its fingerprint.

use std::fmt;

use super::Server;

/// Without what was added later and is not set, so that recordings of earlier servers remain.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Server {
            body,
            source,
            handler,
            pipeline_flush,
            half_close,
            keep_alive,
            max_buf_size,
            vectored,
            upgrade,
            connect,
            graceful,
            taken_out,
            expected,
            head,
            status,
            upgradable,
        } = self;
        let mut all = f.debug_struct("Server");
        all.field("body", body)
            .field("source", source)
            .field("handler", handler)
            .field("pipeline_flush", pipeline_flush)
            .field("half_close", half_close)
            .field("keep_alive", keep_alive)
            .field("max_buf_size", max_buf_size)
            .field("vectored", vectored)
            .field("upgrade", upgrade)
            .field("connect", connect)
            .field("graceful", graceful)
            .field("taken_out", taken_out)
            .field("expected", expected)
            .field("head", head);
        if status.is_some() {
            all.field("status", status);
        }
        if *upgradable {
            all.field("upgradable", upgradable);
        }
        all.finish()
    }
}
