//! Which requests of a stream are HEAD.

/// For each request in these bytes, in order, whether it is HEAD. What a server would not get as
/// far as, because a request before it is not whole or no HTTP, is left out.
pub fn are_head(mut stream: &[u8]) -> Vec<bool> {
    let mut are_head = Vec::new();
    loop {
        let mut fields = [httparse::EMPTY_HEADER; super::MAX_FIELDS];
        let mut request = httparse::Request::new(&mut fields);
        let Ok(httparse::Status::Complete(head)) = request.parse(stream) else {
            return are_head;
        };
        are_head.push(request.method == Some("HEAD"));
        let rest = &stream[head..];
        let body = match super::length(request.headers) {
            // A request whose head tells no length has no body.
            Ok(super::Length::UntilEof) => Some(0),
            Ok(super::Length::Known(bytes)) => Some(bytes),
            Ok(super::Length::Chunked) => chunked(rest),
            Err(_) => None,
        };
        match body.and_then(|body| rest.get(body..)) {
            Some(rest) => stream = rest,
            None => return are_head,
        }
    }
}

/// Bytes of a chunked body with its trailers, if it is whole.
fn chunked(body: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = body.get(at..)?;
        let Ok(httparse::Status::Complete((line, size))) = httparse::parse_chunk_size(rest) else {
            return None;
        };
        at += line;
        if size == 0 {
            break;
        }
        // Data and the line end after it.
        at = at
            .checked_add(usize::try_from(size).ok()?)?
            .checked_add(2)?;
    }
    loop {
        let rest = body.get(at..)?;
        let line = rest.windows(2).position(|end| end == b"\r\n")?;
        at += line + 2;
        if line == 0 {
            return Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "HEAD / HTTP/1.1\r\nhost: a\r\n\r\n";
    const GET: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";

    fn of(stream: &str) -> Vec<bool> {
        are_head(stream.as_bytes())
    }

    #[test]
    fn requests_are_told_apart_in_a_pipeline() {
        assert_eq!(of(""), Vec::<bool>::new());
        assert_eq!(of(HEAD), [true]);
        assert_eq!(of(&format!("{GET}{HEAD}{GET}")), [false, true, false]);
        assert_eq!(of(&format!("{HEAD}{}", &HEAD[..9])), [true]);
        assert_eq!(of("HEAD"), Vec::<bool>::new());
        assert_eq!(of("head / HTTP/1.1\r\n\r\n"), [false], "methods have case");
    }

    #[test]
    fn a_body_is_no_request() {
        let length = HEAD.len();
        let post = format!("POST / HTTP/1.1\r\ncontent-length: {length}\r\n\r\n{HEAD}");
        assert_eq!(of(&format!("{post}{HEAD}")), [false, true]);
        let chunks = format!("{length:x}\r\n{HEAD}\r\n0\r\nt: v\r\n\r\n");
        let post = format!("POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n{chunks}");
        assert_eq!(of(&format!("{post}{HEAD}")), [false, true]);
        for end in 0..post.len() {
            assert!(of(&post[..end]).len() <= 1, "{}", &post[..end]);
        }
        let endless = "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffff\r\nx";
        assert_eq!(of(endless), [false]);
    }
}
