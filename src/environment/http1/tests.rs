use super::*;

/// Receives `stream` in pieces of every size; whether it is a complete stream of `promises`.
fn read(framing: fn() -> Responses, stream: &str, promises: &[&str]) -> Option<bool> {
    let promises: Vec<Bytes> = promises
        .iter()
        .map(|promise| Bytes::copy_from_slice(promise.as_bytes()))
        .collect();
    let verdicts: Vec<Option<bool>> = (1..=stream.len().max(1))
        .map(|size| {
            let mut framing = framing();
            for piece in stream.as_bytes().chunks(size) {
                framing.receive(piece, &promises).ok()?;
            }
            Some(framing.is_complete(&promises))
        })
        .collect();
    assert!(
        verdicts.iter().all(|verdict| *verdict == verdicts[0]),
        "the size of the pieces must not matter: {verdicts:?}"
    );
    verdicts[0]
}

fn one() -> Responses {
    Responses::new(1, false)
}

const FIVE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
const CHUNKED: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, Chunked\r\n\r\n";

#[test]
fn every_proper_prefix_is_incomplete() {
    let streams = [
        (format!("{FIVE}hello"), vec!["hello"]),
        (format!("{FIVE}hello{FIVE}world"), vec!["hello", "world"]),
        (
            format!("{CHUNKED}3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nt: v\r\n\r\n"),
            vec!["hello"],
        ),
        (format!("{CHUNKED}0\r\n\r\n"), vec![""]),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n".to_owned(),
            vec![""],
        ),
    ];
    for (stream, promises) in streams {
        assert_eq!(read(one, &stream, &promises), Some(true), "{stream}");
        for end in 0..stream.len() {
            let prefix = &stream[..end];
            assert_eq!(read(one, prefix, &promises), Some(false), "{prefix}");
        }
    }
}

#[test]
fn other_bytes_than_promised_contradict() {
    for stream in [
        format!("{FIVE}hellO"),
        "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nhell".to_owned(),
        "HTTP/1.1 200 OK\r\ncontent-length: 4\r\ncontent-length: 5\r\n\r\n".to_owned(),
        "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n".to_owned(),
        format!("{CHUNKED}6\r\nhello!\r\n"),
        format!("{CHUNKED}4\r\nhell\r\n0\r\n\r\n"),
        format!("{CHUNKED}z\r\n"),
        format!("{CHUNKED}5\r\nhello!"),
        "HTTP/1.1 200 OK\r\n\r\nhello!".to_owned(),
        "raw bytes".to_owned(),
        "HTTP/1.1 x\r\n\r\n".to_owned(),
    ] {
        assert_eq!(read(one, &stream, &["hello"]), None, "{stream}");
    }
}

#[test]
fn a_contradiction_is_final() {
    let mut framing = one();
    let promises = [Bytes::from_static(b"hello")];
    assert!(framing.receive(b"nonsense", &promises).is_err());
    let valid = format!("{FIVE}hello");
    assert!(framing.receive(valid.as_bytes(), &promises).is_err());
    assert!(!framing.is_complete(&promises));
}

#[test]
fn a_body_until_the_end_of_the_stream_is_as_long_as_promised() {
    let stream = |body| format!("HTTP/1.0 200 OK\r\n\r\n{body}");
    assert_eq!(read(one, &stream("hello"), &["hello"]), Some(true));
    assert_eq!(read(one, &stream("hell"), &["hello"]), Some(false));
    assert_eq!(read(one, &stream("anything"), &[]), Some(true));
}

#[test]
fn an_unpromised_response_must_be_whole() {
    let stream = "HTTP/1.1 400 Bad Request\r\ncontent-length: 3\r\n\r\n";
    assert_eq!(read(one, stream, &[]), Some(false));
    assert_eq!(read(one, &format!("{stream}why"), &[]), Some(true));
}

#[test]
fn a_client_that_expects_two_responses_is_not_content_with_one() {
    let two = || Responses::new(2, false);
    assert_eq!(read(two, &format!("{FIVE}hello"), &["hello"]), Some(false));
    assert_eq!(read(one, "", &[]), Some(false));
    assert_eq!(read(Responses::default, "", &[]), Some(true));
}

#[test]
fn behind_an_upgrade_the_stream_is_raw() {
    let switching = "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n";
    let stream = format!("{switching}HTTP?");
    assert_eq!(read(one, &stream, &["HTTP?"]), Some(true));
    assert_eq!(read(one, switching, &["HTTP?"]), Some(false));
    assert_eq!(read(one, &format!("{switching}other"), &["HTTP?"]), None);
    assert_eq!(read(one, "HTTP?", &["HTTP?"]), None, "the head is missing");
    let connect = || Responses::new(1, true);
    let stream = "HTTP/1.1 200 OK\r\n\r\nHTTP?";
    assert_eq!(read(connect, stream, &["HTTP?"]), Some(true));
    assert_eq!(read(connect, stream, &[]), None, "nobody promised it");
}

/// A fixed stream of pseudo-random numbers (splitmix64).
fn numbers(mut seed: u64) -> impl FnMut() -> u64 {
    move || {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = seed;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }
}

#[test]
fn no_input_panics() {
    let valid = [
        format!("{FIVE}hello{FIVE}world"),
        format!("{CHUNKED}3\r\nhel\r\n2\r\nlo\r\n0\r\nt: v\r\n\r\n"),
        format!("{CHUNKED}ffffffffffffffff\r\nhello"),
        "HTTP/1.1 101 S\r\n\r\nHTTP/1.1 200 OK\r\n\r\nhello".to_owned(),
    ];
    let promises = [Bytes::from_static(b"hello"), Bytes::from_static(b"world")];
    let mut next = numbers(1);
    for round in 0..20_000 {
        let mut stream = valid[round % valid.len()].clone().into_bytes();
        for _ in 0..next() % 4 {
            let at = next() as usize % stream.len();
            match next() % 3 {
                0 => stream[at] = next() as u8,
                1 => stream.insert(at, b"\r\n0 :"[next() as usize % 5]),
                _ => drop(stream.remove(at)),
            }
        }
        let mut framing = Responses::new(round % 3, round % 2 == 0);
        for piece in stream.chunks(1 + next() as usize % 64) {
            let received = framing.receive(piece, &promises);
            let complete = framing.is_complete(&promises);
            assert!(received.is_ok() || !complete);
            framing.digest();
        }
    }
}

/// A response whose head announces a body that does not follow.
const NO_BODY: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";

#[test]
fn a_response_to_head_has_no_body_whatever_its_head_says() {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let neither = "HTTP/1.1 200 OK\r\n\r\n";
    let head = || Responses::new(1, false).to_head(vec![true]);
    for stream in [NO_BODY, chunked, neither] {
        assert_eq!(read(head, stream, &[""]), Some(true), "{stream}");
        assert_eq!(read(head, stream, &[]), Some(true), "{stream}");
        for end in 0..stream.len() {
            let prefix = &stream[..end];
            assert_eq!(read(head, prefix, &[""]), Some(false), "{prefix}");
        }
        let body = format!("{stream}hello");
        assert_eq!(
            read(head, &body, &[""]),
            None,
            "a body is not the next head"
        );
        assert_eq!(
            read(head, stream, &["hello"]),
            None,
            "nothing of it arrives"
        );
    }
    assert_eq!(
        read(one, NO_BODY, &["hello"]),
        Some(false),
        "it was no HEAD"
    );
}

#[test]
fn no_status_without_a_body_has_one() {
    for status in ["204 No Content", "304 Not Modified"] {
        for field in [
            "content-length: 5",
            "transfer-encoding: chunked",
            "content-length: x",
        ] {
            let stream = format!("HTTP/1.1 {status}\r\n{field}\r\n\r\n");
            assert_eq!(read(one, &stream, &[""]), Some(true), "{stream}");
            assert_eq!(
                read(one, &format!("{stream}hello"), &[""]),
                None,
                "{stream}"
            );
            let two = || Responses::new(2, false);
            let next = format!("{stream}{FIVE}hello");
            assert_eq!(read(two, &next, &["", "hello"]), Some(true), "{stream}");
        }
    }
}

#[test]
fn each_response_is_read_as_its_own_request_wants() {
    let three = || Responses::new(3, false).to_head(vec![false, true, false]);
    let promises = ["hello", "", "world"];
    let interim = "HTTP/1.1 100 Continue\r\n\r\n";
    let stream = format!("{FIVE}hello{interim}{NO_BODY}{FIVE}world");
    assert_eq!(read(three, &stream, &promises), Some(true));
    for wrong in [
        format!("{FIVE}{NO_BODY}{FIVE}world"),
        format!("{FIVE}hello{FIVE}hello{FIVE}world"),
        format!("{FIVE}hello{NO_BODY}{NO_BODY}{FIVE}"),
    ] {
        assert_eq!(read(three, &wrong, &promises), None, "{wrong}");
    }
}
