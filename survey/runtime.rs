//! tokio's runtime and its `LocalSet`, for the adapters of connections that ask for them.

use futures::future::poll_fn;

/// Gives a connection the runtime that it asks for; its clock stands still unless it is looked at.
pub async fn in_runtime<T>(task: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().build().unwrap();
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
