//! The report in a real browser: headless Chromium, driven by chromedriver.
//!
//! Debian has both: `apt-get install chromium chromium-driver`. Without them the tests say that
//! they check nothing.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use fantoccini::error::CmdError;
use fantoccini::key::Key;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use futures::FutureExt;
use lastbyte::check::Identity;
use lastbyte::check::results::{Counterexample, Results};
use lastbyte::trace::Event;
use serde_json::{Value, json};

/// A running chromedriver, which ends with its test.
struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    /// `None` where there is no browser.
    fn start() -> Option<Driver> {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let output = BufReader::new(process.stdout.take().expect("stdout is piped"));
        let announced = output.lines().map_while(Result::ok).find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        });
        let port = announced.expect("chromedriver announces its port");
        Some(Driver { process, port })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended on its own.
        let _ended = self.process.kill();
        let _status = self.process.wait();
    }
}

/// A command of the browser's own protocol, by way of chromedriver.
#[derive(Debug)]
struct DevTools(Value);

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!(
            "session/{}/goog/cdp/execute",
            session.unwrap_or_default()
        ))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.0.to_string()))
    }
}

/// What the browser has logged since the last look: a command of chromedriver's own.
#[derive(Debug)]
struct BrowserLog;

impl WebDriverCompatibleCommand for BrowserLog {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (
            http::Method::POST,
            Some(json!({ "type": "browser" }).to_string()),
        )
    }
}

/// A page in the browser.
struct Page {
    client: Client,
    _driver: Driver,
    _profile: Folder,
}

/// A folder that goes with its test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("the target directory can be written");
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What the browser still holds open is removed with the target directory.
        let _removed = std::fs::remove_dir_all(&self.0);
    }
}

impl Page {
    /// The report of these results; `None` where there is no browser.
    async fn open(test: &str, results: &Results, phone: bool) -> Option<Page> {
        let Some(driver) = Driver::start() else {
            // Not `println!`, which the test harness keeps to itself.
            let skipped = format!("SKIPPED {test}: no chromedriver, so the report is not checked");
            writeln!(std::io::stderr(), "{skipped}").expect("stderr is open");
            return None;
        };
        let folder = Folder::new(test);
        lastbyte::render::report::write(&folder.0, results).expect("the report can be written");
        let profile = folder.0.join("profile");
        let mut arguments: Vec<String> = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--window-size=1360,900",
        ]
        .map(str::to_owned)
        .into();
        arguments.push(format!("--user-data-dir={}", profile.display()));
        let mut options = json!({ "args": arguments });
        if phone {
            let metrics = json!({ "width": 390, "height": 844, "pixelRatio": 3.0 });
            options["mobileEmulation"] = json!({ "deviceMetrics": metrics });
        }
        let capabilities = json!({
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let connector = hyper_util::client::legacy::connect::HttpConnector::new();
        let Value::Object(capabilities) = capabilities else {
            unreachable!("it is an object")
        };
        let client = ClientBuilder::new(connector)
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", driver.port))
            .await
            .expect("chromedriver starts a browser");
        let page = Page {
            client,
            _driver: driver,
            _profile: folder,
        };
        let address = url::Url::from_file_path(page._profile.0.join("index.html"));
        let address = address.expect("the path is absolute");
        page.client
            .goto(address.as_str())
            .await
            .expect("the page loads");
        Some(page)
    }

    async fn script(&self, script: &str) -> Value {
        let value = self.client.execute(script, Vec::new()).await;
        value.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// A command of the browser's own protocol.
    async fn devtools(&self, command: &str, parameters: Value) {
        let command = DevTools(json!({ "cmd": command, "params": parameters }));
        self.client.issue_cmd(command).await.expect("it is done");
    }

    /// The shown text of the first element that the selector finds.
    async fn text(&self, selector: &str) -> String {
        let element = self.client.find(Locator::Css(selector)).await;
        element.expect(selector).text().await.expect(selector)
    }

    async fn click(&self, selector: &str) -> Result<(), CmdError> {
        self.client
            .find(Locator::Css(selector))
            .await?
            .click()
            .await
    }

    /// Presses a key where the focus is.
    async fn press(&self, key: Key) {
        let focused = self
            .client
            .active_element()
            .await
            .expect("something has the focus");
        focused
            .send_keys(&char::from(key).to_string())
            .await
            .expect("it takes keys");
    }

    async fn dialog_is_open(&self) -> bool {
        self.script("return document.getElementById('details').open")
            .await
            == json!(true)
    }

    /// Levels as the stage shows them: write buffer, kernel, received.
    async fn levels(&self) -> Vec<String> {
        let mut levels = Vec::new();
        for vessel in ["inside", "kernel", "received"] {
            levels.push(self.text(&format!(".vessel.{vessel} b")).await);
        }
        levels
    }
}

/// Runs a test on the report of these results. Whatever comes of it, the browser is closed.
async fn with_report(test: &str, results: &Results, phone: bool, check: impl AsyncFnOnce(&Page)) {
    let Some(page) = Page::open(test, results, phone).await else {
        return;
    };
    let checked = AssertUnwindSafe(check(&page)).catch_unwind().await;
    let log = page.client.issue_cmd(BrowserLog).await;
    page.client
        .clone()
        .close()
        .await
        .expect("the browser closes");
    if let Err(panic) = checked {
        resume_unwind(panic);
    }
    let log = log.expect("the log can be read");
    assert_eq!(log, json!([]), "the browser has logged something");
}

#[tokio::test]
async fn cells_open_by_click_and_by_enter() {
    with_report(
        "cells_open",
        &crate::fixtures::results(),
        false,
        async |page| {
            assert!(!page.dialog_is_open().await);
            page.click("button[data-row='0']")
                .await
                .expect("the first cell");
            assert!(page.dialog_is_open().await);
            assert_eq!(
                page.text("#details h3").await,
                "The original ordering loses bytes."
            );
            assert!(
                page.text("#details h4 + .facts")
                    .await
                    .contains("1,234,567")
            );
            assert!(
                page.text("#details .reproduce")
                    .await
                    .contains("cargo verify --only ordering/original/loses")
            );
            assert_eq!(
                page.script("return document.querySelectorAll('.histogram rect').length")
                    .await,
                json!(2)
            );
            assert_eq!(
                page.script("return decodeURIComponent(location.hash)")
                    .await,
                json!("#ordering/original/loses")
            );

            page.press(Key::Escape).await;
            assert!(!page.dialog_is_open().await);
            let focused = "return document.activeElement.dataset.row";
            assert_eq!(
                page.script(focused).await,
                json!("0"),
                "the focus is back at the cell"
            );

            page.press(Key::Down).await;
            assert_ne!(
                page.script(focused).await,
                json!("0"),
                "an arrow key goes to the next cell"
            );
            page.press(Key::Enter).await;
            assert!(page.dialog_is_open().await);
            assert_eq!(
                page.text("#details h3").await,
                "Flushing before the shutdown never loses a byte."
            );
            assert!(
                page.text("#details .why")
                    .await
                    .contains("unbounded and complete")
            );
            page.click("#close").await.expect("the close button");
            assert!(!page.dialog_is_open().await);

            page.click("tbody th.what").await.expect("a row's head");
            assert!(page.dialog_is_open().await, "a row opens its first cell");
        },
    )
    .await;
}

#[tokio::test]
async fn scrubber_moves_the_levels() {
    with_report(
        "scrubber",
        &crate::fixtures::results(),
        false,
        async |page| {
            page.click("button[data-row='0']")
                .await
                .expect("the first cell");
            // It opens at the step on which it turns, with what was promised beside what was received.
            assert_eq!(page.levels().await, ["2", "2", "0"]);
            assert_eq!(page.text(".transcript-line.current .n").await, "9");
            assert_eq!(
                page.text(".vessel.received .level").await,
                "0 of 4 promised"
            );
            assert!(
                page.text(".now")
                    .await
                    .contains("From here on the violation is unavoidable.")
            );
            let lost = "return document.querySelector('.player').classList.contains('lost')";
            assert_eq!(page.script(lost).await, json!(true));
            // The scrubber has the focus as soon as the cell is open.
            page.press(Key::Home).await;
            assert_eq!(page.levels().await, ["0", "0", "0"]);
            assert_eq!(page.script(lost).await, json!(false));
            page.press(Key::Right).await;
            page.press(Key::Right).await;
            assert_eq!(page.levels().await, ["2", "2", "0"]);
            assert!(
                page.text(".now")
                    .await
                    .contains("writes 4 bytes, 2 accepted")
            );
            page.press(Key::End).await;
            assert_eq!(page.levels().await, ["2", "0", "2"]);
            assert_eq!(page.script(lost).await, json!(true));
            page.click("[aria-label='Step back']")
                .await
                .expect("the button");
            assert!(
                page.text(".now")
                    .await
                    .contains("sees the end of the stream")
            );
            page.click(".transcript-line.broken")
                .await
                .expect("the step that breaks it");
            assert_eq!(page.levels().await, ["2", "2", "0"]);
            assert_eq!(page.text(".transcript-line.current .n").await, "9");
        },
    )
    .await;
}

#[tokio::test]
async fn without_an_unavoidable_step_the_breaking_one_opens() {
    let mut results = crate::fixtures::results();
    let counterexample = results.rows[0].counterexample.as_mut();
    counterexample.expect("it is there").trace.unavoidable_from = None;
    with_report("breaking", &results, false, async |page| {
        page.click("button[data-row='0']")
            .await
            .expect("the first cell");
        assert_eq!(page.text(".transcript-line.current .n").await, "15");
        let now = page.text(".now").await;
        assert!(now.contains("This step breaks the property."), "{now}");
        assert!(!now.contains("From here on"), "{now}");
    })
    .await;
}

#[tokio::test]
async fn defects_accepted_behaviour_and_prices_are_told_apart() {
    with_report(
        "meaning",
        &crate::fixtures::results(),
        false,
        async |page| {
            let mut colours = Vec::new();
            for (row, word, reason) in [
                (0, "defect", "The socket is shut down before the flush."),
                (4, "accepted", "By design."),
                (
                    5,
                    "price",
                    &*lastbyte::render::visible(crate::fixtures::HOSTILE),
                ),
            ] {
                let cell = format!("button[data-row='{row}']");
                assert!(page.text(&cell).await.contains(word), "row {row}");
                let colour = format!(
                    "const s = getComputedStyle(document.querySelector(\"{cell}\")); \
                 return [s.color, s.backgroundColor]"
                );
                colours.push(page.script(&colour).await);
                let all = page.text(&format!(".meaning.{word}")).await;
                assert!(all.contains(reason), "{reason} in {all}");
                page.click(&cell).await.expect("a cell");
                let told = page.text(".came-out").await;
                assert!(told.contains(word) && told.contains("refuted"), "{told}");
                assert!(told.contains(reason), "{reason} in {told}");
                page.press(Key::Escape).await;
            }
            for i in 0..3 {
                assert_ne!(colours[i], colours[(i + 1) % 3], "{colours:?}");
            }
            // What is refuted although it was not declared is none of the three.
            let last = crate::fixtures::results().rows.len() - 1;
            let class =
                format!("return document.querySelector(\"button[data-row='{last}']\").className");
            assert_eq!(page.script(&class).await, json!("chip refuted surprise"));
            // The links of the reasons open the claims.
            page.click(".meaning.accepted a").await.expect("a link");
            assert_eq!(
                page.text("#details-id").await,
                "dispatch_loop/1.10.1/dropped-body"
            );
        },
    )
    .await;
}

#[tokio::test]
async fn names_of_subjects_are_explained_where_they_are_used() {
    with_report("terms", &crate::fixtures::results(), false, async |page| {
        let ordering = page.text("#model-1 .terms").await;
        assert!(ordering.contains("fixed"), "{ordering}");
        assert!(ordering.contains("flushes, then shuts down"), "{ordering}");
        let sweep = page.text("#sweep-1 .terms").await;
        assert!(sweep.contains("shuts down flushed"), "{sweep}");
        assert!(!sweep.contains("nowhere"), "{sweep}");
        page.click("button[data-row='1']").await.expect("a cell");
        let facts = page.text("#details h4 + .facts").await;
        assert!(facts.contains("fixed: flushes, then shuts down"), "{facts}");
    })
    .await;
}

#[tokio::test]
async fn a_link_to_nothing_is_answered_in_words() {
    with_report("links", &crate::fixtures::results(), false, async |page| {
        let hidden = "return document.getElementById('lost-link').hidden";
        assert_eq!(page.script(hidden).await, json!(true));
        for (fragment, told) in [
            ("ordering/original/wins", "ordering/original/wins"),
            ("%E0%A4%A", "%E0%A4%A"),
            ("%3Cimg%20src=x%3E", "<img src=x>"),
        ] {
            page.script(&format!("location.hash = '{fragment}'")).await;
            page.script("return new Promise((done) => setTimeout(done))")
                .await;
            let lost = page.text("#lost-link").await;
            assert!(
                lost.contains(&format!("“{told}”, which is not on this page")),
                "{lost}"
            );
            assert!(!page.dialog_is_open().await);
        }
        // It is there when such a link is the first thing that is opened, too.
        page.client.refresh().await.expect("the page loads again");
        assert!(page.text("#lost-link").await.contains("not on this page"));
        for (fragment, dialog) in [("checker", false), ("ordering/original/loses", true)] {
            page.script(&format!("location.hash = '{fragment}'")).await;
            page.script("return new Promise((done) => setTimeout(done))")
                .await;
            assert_eq!(page.script(hidden).await, json!(true), "{fragment}");
            assert_eq!(page.dialog_is_open().await, dialog, "{fragment}");
        }
        // From an open claim to nothing.
        page.script("location.hash = 'nothing'").await;
        page.script("return new Promise((done) => setTimeout(done))")
            .await;
        assert!(!page.dialog_is_open().await);
        assert!(page.text("#lost-link").await.contains("“nothing”"));
    })
    .await;
}

/// What is wider than its place, and what is broken in the middle of a word. Words longer than
/// anything that the models say are broken wherever they must.
const MISFITS: &str = r#"
    const misfits = [];
    const seen = (element) => element.checkVisibility() && !element.closest('thead') || false;
    for (const box of document.querySelectorAll('.scroll, .plain td, .plain th, .verdicts td, .verdicts th, .transcript-line > *, .title')) {
        if (seen(box) && box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).display !== 'inline')
            misfits.push(['wide', box.className, box.textContent.slice(0, 40)]);
    }
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const node = texts.currentNode;
        const parent = node.parentElement;
        if (!parent.checkVisibility() || parent.closest('script, style, svg')) continue;
        // The heads of tables that have become cards are there for the ear alone.
        if (parent.closest('thead') && getComputedStyle(parent.closest('thead')).position === 'absolute') continue;
        for (const word of node.data.matchAll(/[\p{L}\p{N}_]+/gu)) {
            const around = node.data.slice(0, word.index).match(/\S*$/)[0] + node.data.slice(word.index).match(/^\S*/)[0];
            if (around.length > 45) continue;
            const range = document.createRange();
            range.setStart(node, word.index);
            range.setEnd(node, word.index + word[0].length);
            const tops = new Set(Array.from(range.getClientRects(), (r) => Math.round(r.top)));
            if (tops.size > 1) misfits.push(['broken', parent.className, word[0]]);
        }
    }
    return misfits.slice(0, 8);
"#;

#[tokio::test]
async fn nothing_is_clipped_or_broken_in_the_middle_of_a_word() {
    with_report("fits", &crate::fixtures::results(), false, async |page| {
        let overhang =
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        for width in [1280, 400] {
            let metrics = json!({ "width": width, "height": 900, "deviceScaleFactor": 1,
                "mobile": false });
            page.devtools("Emulation.setDeviceMetricsOverride", metrics)
                .await;
            assert_eq!(page.script("return innerWidth").await, json!(width));
            page.script("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
                .await;
            assert_eq!(page.script(MISFITS).await, json!([]), "at {width}");
            assert_eq!(page.script(overhang).await, json!(0), "at {width}");
            page.click("button[data-row='0']").await.expect("a cell");
            assert_eq!(page.script(MISFITS).await, json!([]), "open, at {width}");
            page.press(Key::Escape).await;
        }
    })
    .await;
}

/// Waits until the page has been drawn once more.
const FRAME: &str = "return new Promise((done) => \
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))";

/// What paper shows one counterexample of.
fn kind(row: &lastbyte::check::results::Row) -> [String; 3] {
    let meaning = match row.verdict {
        lastbyte::Verdict::Refuted => row.meaning.to_string(),
        _ => String::new(),
    };
    match row.holds {
        true => [row.model.clone(), row.property.to_string(), meaning],
        false => [row.id.to_string(), String::new(), String::new()],
    }
}

#[tokio::test]
async fn paper_has_a_counterexample_of_every_kind() {
    let mut results = crate::fixtures::results();
    let mut alike = results.rows[0].clone();
    assert!(alike.holds && alike.counterexample.is_some());
    alike.id = Identity::new("ordering/original/loses-as-well", &[]);
    results.rows.push(alike);
    with_report("paper", &results, false, async |page| {
        let shown = |selector: &str| {
            format!(
                "return Array.from(document.querySelectorAll(\"{selector}\"), \
                 (e) => e.checkVisibility())"
            )
        };
        let unfolded = "return Array.from(document.querySelectorAll('details'), \
            (d) => [d.querySelector('.surprise') !== null, d.open])";
        let before = page.script(unfolded).await;
        page.click("button[data-row='0']").await.expect("a cell");
        page.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" }))
            .await;
        page.script(FRAME).await;
        let every = |value: Value, of: usize| assert_eq!(value, json!(vec![true; of]));
        // One of every model, property and meaning, and each that is not as declared.
        let with = results.rows.iter();
        let with = with.filter(|row| row.counterexample.is_some());
        let kinds: BTreeSet<_> = with.clone().map(kind).collect();
        assert!(kinds.len() < with.count(), "some are like others");
        every(page.script(&shown(".counterexample")).await, kinds.len());
        let text = page.text("#printed").await;
        for told in [
            "ordering/original/loses",
            "4 bytes promised and 2 received",
            "shutdown(SHUT_WR)",
            "The socket is shut down before the flush.",
            "The same property fails in ordering/original/loses-as-well.",
            "The steps are those of ordering/original/loses.",
        ] {
            assert!(text.contains(told), "{told} in {text}");
        }
        let pairs = |value| serde_json::from_value::<Vec<[bool; 2]>>(value).expect("pairs");
        let after = pairs(page.script(unfolded).await);
        assert!(after.iter().any(|[surprise, _]| *surprise));
        assert!(after.iter().any(|[_, open]| !open));
        for ([surprise, open], [_, was_open]) in after.into_iter().zip(pairs(before.clone())) {
            assert_eq!(open, surprise || was_open, "what is as declared stays so");
        }
        assert_eq!(
            page.script(&shown("#details, nav")).await,
            json!([false, false])
        );
        let wide = "return Array.from(document.querySelectorAll('.scroll'), \
            (s) => getComputedStyle(s).overflowX).every((o) => o === 'visible')";
        assert_eq!(page.script(wide).await, json!(true));

        page.devtools("Emulation.setEmulatedMedia", json!({ "media": "" }))
            .await;
        page.script(FRAME).await;
        assert_eq!(page.script(unfolded).await, before);
        assert_eq!(page.script(&shown(".counterexample")).await, json!([]));
    })
    .await;
}

#[tokio::test]
async fn hostile_text_stays_text() {
    with_report(
        "hostile",
        &crate::fixtures::results(),
        false,
        async |page| {
            let row = crate::fixtures::results().rows.len() - 1;
            page.click(&format!("button[data-row='{row}']"))
                .await
                .expect("the last cell");
            assert!(page.dialog_is_open().await);
            let shown = lastbyte::render::visible(crate::fixtures::HOSTILE);
            assert_eq!(
                page.script("return document.querySelector('#details h3').textContent")
                    .await,
                json!(shown)
            );
            page.press(Key::End).await;
            let now = page
                .script("return document.querySelector('.now').textContent")
                .await;
            assert!(
                now.as_str()
                    .expect("a text")
                    .contains(&format!("panics: {shown}")),
                "{now}"
            );
            // The data and the program: nothing has become an element.
            assert_eq!(
                page.script("return document.querySelectorAll('script').length")
                    .await,
                json!(2)
            );
            assert_eq!(
                page.script("return document.querySelectorAll('img').length")
                    .await,
                json!(0)
            );
        },
    )
    .await;
}

#[tokio::test]
async fn sections_show_what_stands_beside_the_verdicts() {
    with_report(
        "sections",
        &crate::fixtures::results(),
        false,
        async |page| {
            let section = async |id: &str| page.text(id).await;
            let conformance = section("#conformance").await;
            for told in [
                "hyper-1.12.0",
                "1 not alike",
                "inconclusive: out of executions (`Limits::executions` or the comparison gives more)",
                "size-of-400, 1 scenario family",
                "cargo verify --only conformance/hyper-1.12.0/pipelined",
                "cargo verify --real",
            ] {
                assert!(conformance.contains(told), "{told} in {conformance}");
            }
            // A family's line is folded away until it is asked for.
            let scenario =
                "return document.querySelector('#conformance details tbody th').checkVisibility()";
            assert_eq!(page.script(scenario).await, json!(false));
            page.click("#conformance details summary")
                .await
                .expect("a summary");
            assert_eq!(page.script(scenario).await, json!(true));

            let sweep = section("#sweep-1").await;
            for told in [
                "scenarios explored to the end",
                "not applicable, so nothing is known",
                "not known",
                "cargo verify --only dispatch_loop/sweep",
            ] {
                assert!(sweep.contains(told), "{told} in {sweep}");
            }
            let checker = section("#checker").await;
            for told in [
                "Calibration",
                "12,345",
                "All 60 rows",
                "cargo verify --only mutant",
            ] {
                assert!(checker.contains(told), "{told} in {checker}");
            }
            page.click("nav a[href='#checker']").await.expect("a link");
            assert_eq!(page.script("return location.hash").await, json!("#checker"));
            assert!(!page.dialog_is_open().await);
        },
    )
    .await;
}

#[tokio::test]
async fn a_field_of_the_sweep_opens_the_scenarios_that_fail() {
    with_report("sweep", &crate::fixtures::results(), false, async |page| {
        let field = "button[data-sweep='0'][data-subject='0']";
        page.click(field).await.expect("a property that fails");
        assert!(page.dialog_is_open().await);
        assert_eq!(page.text("#details h3").await, "no-silent-loss fails at 1.10.1");
        let lines = "return Array.from(document.querySelectorAll('#details tbody tr'), (line) => line.textContent)";
        let shown = lastbyte::render::visible(crate::fixtures::HOSTILE);
        assert_eq!(
            page.script(lines).await,
            json!(["dropped-body14counterexample ≈ accepted", format!("{shown}14")]),
            "the worst first"
        );
        page.click("#details tbody a").await.expect("the claim with the counterexample");
        assert_eq!(page.text("#details-id").await, "dispatch_loop/1.10.1/dropped-body");
        assert_eq!(page.levels().await, ["2", "2", "0"]);

        page.press(Key::Escape).await;
        assert!(!page.dialog_is_open().await);
        let focused = "return document.activeElement.dataset.property";
        assert_eq!(page.script(focused).await, json!("1"), "the focus is back");
        page.press(Key::Down).await;
        assert_eq!(page.script(focused).await, json!("5"), "the next that fails");
        page.press(Key::Enter).await;
        assert_eq!(page.text("#details h3").await, "no-stall fails at 1.10.1");
    })
    .await;
}

/// Layout shifts since the page began to load, and first paints.
const SHIFTS: &str = "
    const [answer] = arguments;
    let shifts = 0;
    new PerformanceObserver((list) => { shifts += list.getEntries().length; })
        .observe({ type: 'layout-shift', buffered: true });
    new PerformanceObserver((list) => answer([shifts, list.getEntries().length]))
        .observe({ type: 'largest-contentful-paint', buffered: true });
";

#[tokio::test]
async fn fits_a_phone_and_does_not_jump() {
    with_report("phone", &crate::fixtures::results(), true, async |page| {
    let overhang =
        "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    assert_eq!(page.script(overhang).await, json!(0));
    let shifts = page.client.execute_async(SHIFTS, Vec::new()).await;
    assert_eq!(shifts.expect("the observer answers"), json!([0, 1]));
    let unfold = "document.querySelectorAll('details').forEach((d) => { d.open = true; })";
    page.script(unfold).await;
    assert_eq!(page.script(overhang).await, json!(0), "with everything unfolded");
    for row in 0..crate::fixtures::results().rows.len() {
        let open = format!(
            "location.hash = ''; document.querySelector(\"button[data-row='{row}']\").click()"
        );
        page.script(&open).await;
        assert!(page.dialog_is_open().await);
        let body = "const b = document.getElementById('details-body'); return b.scrollWidth - b.clientWidth";
        let widest = "const b = document.getElementById('details-body'); const r = b.getBoundingClientRect().right; return [...b.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > r + 1 && !e.closest('.scroll')).map(e => e.tagName + '.' + e.className + ': ' + e.textContent.slice(0, 60)).join(' | ')";
        let widest = page.script(widest).await;
        assert_eq!(page.script(body).await, json!(0), "row {row}: {widest}");
        page.script("document.getElementById('close').click()")
            .await;
    }
    })
    .await;
}

#[tokio::test]
async fn long_traces_scrub_to_their_end() {
    let mut results = crate::fixtures::results();
    let mut trace = crate::fixtures::lost_bytes();
    let read = trace.steps[12].clone();
    assert!(matches!(read.event, Event::Read { .. }));
    while trace.steps.len() < 200 {
        let mut step = read.clone();
        step.levels.received = trace.steps.len();
        trace.steps.push(step);
    }
    results.rows[0].counterexample = Some(Counterexample {
        instance: crate::fixtures::named("long"),
        trace,
    });
    with_report("long", &results, false, async |page| {
        page.click("button[data-row='0']")
            .await
            .expect("the first cell");
        let scrub = "const r = document.querySelector('input[type=range]'); \
        const start = performance.now(); let slowest = 0; \
        for (let i = 1; i <= Number(r.max); i++) { const t = performance.now(); r.value = i; \
            r.dispatchEvent(new Event('input')); document.body.offsetHeight; \
            slowest = Math.max(slowest, performance.now() - t); } \
        return [Number(r.max), performance.now() - start, slowest]";
        let scrubbed = page.script(scrub).await;
        println!("steps, milliseconds for all of them, milliseconds for the slowest: {scrubbed}");
        assert_eq!(page.levels().await[2], "199");
        let seen = "const b = document.querySelector('.transcript-line.current').getBoundingClientRect(); \
        return b.bottom <= innerHeight && b.top >= 0";
        assert_eq!(
            page.script(seen).await,
            json!(true),
            "the last step is in sight"
        );
    })
    .await;
}
