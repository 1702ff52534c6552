//! The texts of a server and of a client, which are a part of their fingerprints.

use std::fmt;

use super::{Client, Outgoing, Server};

/// Fields that were added later are left out unless they are set, so that older recordings stay valid.
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
            dropped,
            panics,
            header_read_timeout,
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
        if dropped.is_some() {
            all.field("dropped", dropped);
        }
        if panics.is_some() {
            all.field("panics", panics);
        }
        if *header_read_timeout {
            all.field("header_read_timeout", header_read_timeout);
        }
        all.finish()
    }
}

/// As for [`Server`]: later fields only where they are set.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Client {
            requests,
            answer,
            lets_go,
            vectored,
            max_buf_size,
            upgrade,
            taken_out,
            cancels,
        } = self;
        let mut all = f.debug_struct("Client");
        all.field("requests", requests)
            .field("answer", answer)
            .field("lets_go", lets_go)
            .field("vectored", vectored)
            .field("max_buf_size", max_buf_size);
        if upgrade.is_some() {
            all.field("upgrade", upgrade);
        }
        if *taken_out {
            all.field("taken_out", taken_out);
        }
        if cancels.is_some() {
            all.field("cancels", cancels);
        }
        all.finish()
    }
}

/// As for [`Server`]: later fields only where they are set.
impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Outgoing {
            method,
            body,
            source,
            upgrade,
        } = self;
        let mut all = f.debug_struct("Outgoing");
        all.field("method", method)
            .field("body", body)
            .field("source", source);
        if *upgrade {
            all.field("upgrade", upgrade);
        }
        all.finish()
    }
}
