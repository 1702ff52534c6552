//! The report in a real browser: headless Chromium, driven by chromedriver.
//!
//! Debian has both: `apt-get install chromium chromium-driver`. Without them the tests say that
//! they check nothing.
#![cfg(not(loom))]

mod fixtures;

use std::io::{BufRead, BufReader, Write};
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use fantoccini::error::CmdError;
use fantoccini::key::Key;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use futures::FutureExt;
use lastbyte::Event;
use lastbyte::results::{Counterexample, Results};
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
    with_report("cells_open", &fixtures::results(), false, async |page| {
        assert!(!page.dialog_is_open().await);
        page.click("button[data-row='0']")
            .await
            .expect("the first cell");
        assert!(page.dialog_is_open().await);
        assert_eq!(
            page.text("#details h3").await,
            "The original ordering loses bytes."
        );
        assert!(page.text("#details .facts").await.contains("1,234,567"));
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
    })
    .await;
}

#[tokio::test]
async fn scrubber_moves_the_levels() {
    with_report("scrubber", &fixtures::results(), false, async |page| {
        page.click("button[data-row='0']")
            .await
            .expect("the first cell");
        assert_eq!(page.levels().await, ["0", "0", "0"]);
        let lost = "return document.querySelector('.player').classList.contains('lost')";
        assert_eq!(page.script(lost).await, json!(false));
        // The scrubber has the focus as soon as the cell is open.
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
        page.click(".beat.broken")
            .await
            .expect("the step that breaks it");
        assert_eq!(page.levels().await, ["2", "2", "0"]);
        assert!(
            page.text(".now")
                .await
                .contains("From here on the violation is unavoidable.")
        );
        assert_eq!(page.text(".beat.current .n").await, "9");
    })
    .await;
}

#[tokio::test]
async fn hostile_text_stays_text() {
    with_report("hostile", &fixtures::results(), false, async |page| {
        let row = fixtures::results().rows.len() - 1;
        page.click(&format!("button[data-row='{row}']"))
            .await
            .expect("the last cell");
        assert!(page.dialog_is_open().await);
        let shown = lastbyte::render::visible(fixtures::HOSTILE);
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
    })
    .await;
}

#[tokio::test]
async fn sections_show_what_stands_beside_the_verdicts() {
    with_report("sections", &fixtures::results(), false, async |page| {
        let section = async |id: &str| page.text(id).await;
        let conformance = section("#conformance").await;
        for told in [
            "hyper-1.12.0",
            "1 not alike",
            "cut off: out of executions (`Limits::executions` or the comparison gives more)",
            "size-of-400, 1 situation",
            "cargo verify --only conformance/hyper-1.12.0/pipelined",
            "cargo verify --real",
        ] {
            assert!(conformance.contains(told), "{told} in {conformance}");
        }
        // A situation's line is folded away until it is asked for.
        let situation =
            "return document.querySelector('#conformance details tbody th').checkVisibility()";
        assert_eq!(page.script(situation).await, json!(false));
        page.click("#conformance details summary")
            .await
            .expect("a summary");
        assert_eq!(page.script(situation).await, json!(true));

        let sweep = section("#sweep-1").await;
        for told in [
            "situations explored to the end",
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
    })
    .await;
}

#[tokio::test]
async fn a_field_of_the_sweep_opens_the_situations_that_fail() {
    with_report("sweep", &fixtures::results(), false, async |page| {
        let field = "button[data-sweep='0'][data-subject='0']";
        page.click(field).await.expect("a property that fails");
        assert!(page.dialog_is_open().await);
        assert_eq!(page.text("#details h3").await, "no-silent-loss fails at 1.10.1");
        let lines = "return Array.from(document.querySelectorAll('#details tbody tr'), (line) => line.textContent)";
        let shown = lastbyte::render::visible(fixtures::HOSTILE);
        assert_eq!(
            page.script(lines).await,
            json!(["dropped-body14counterexample", format!("{shown}14")]),
            "the worst first"
        );
        page.click("#details tbody a").await.expect("the claim with the counterexample");
        assert_eq!(page.text("#details-id").await, "dispatch_loop/1.10.1/dropped-body");
        assert_eq!(page.levels().await, ["0", "0", "0"]);

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
    with_report("phone", &fixtures::results(), true, async |page| {
    let overhang =
        "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    assert_eq!(page.script(overhang).await, json!(0));
    let shifts = page.client.execute_async(SHIFTS, Vec::new()).await;
    assert_eq!(shifts.expect("the observer answers"), json!([0, 1]));
    let unfold = "document.querySelectorAll('details').forEach((d) => { d.open = true; })";
    page.script(unfold).await;
    assert_eq!(page.script(overhang).await, json!(0), "with everything unfolded");
    for row in 0..fixtures::results().rows.len() {
        let open = format!(
            "location.hash = ''; document.querySelector(\"button[data-row='{row}']\").click()"
        );
        page.script(&open).await;
        assert!(page.dialog_is_open().await);
        let body = "const b = document.getElementById('details-body'); return b.scrollWidth - b.clientWidth";
        assert_eq!(page.script(body).await, json!(0), "row {row}");
        page.script("document.getElementById('close').click()")
            .await;
    }
    })
    .await;
}

#[tokio::test]
async fn long_traces_scrub_to_their_end() {
    let mut results = fixtures::results();
    let mut trace = fixtures::lost_bytes();
    let read = trace.steps[12].clone();
    assert!(matches!(read.event, Event::Read { .. }));
    while trace.steps.len() < 200 {
        let mut step = read.clone();
        step.levels.received = trace.steps.len();
        trace.steps.push(step);
    }
    results.rows[0].counterexample = Some(Counterexample {
        instance: fixtures::named("long"),
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
        let seen = "const b = document.querySelector('.beat.current').getBoundingClientRect(); \
        return b.bottom <= innerHeight && b.top >= 0";
        assert_eq!(
            page.script(seen).await,
            json!(true),
            "the last step is in sight"
        );
    })
    .await;
}
