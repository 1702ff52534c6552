"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const dialog = document.getElementById("details");
  const body = document.getElementById("details-body");
  const SVG = "http://www.w3.org/2000/svg";
  const number = new Intl.NumberFormat("en");

  // Text only ever becomes a text node: nothing of the data is read as markup.
  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    return fill(made, attributes, children);
  }
  function drawn(tag, attributes, ...children) {
    return fill(document.createElementNS(SVG, tag), attributes, children);
  }
  function fill(made, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) made.setAttribute(name, value);
    made.append(...children.filter((child) => child !== null));
    return made;
  }

  // Names are long and have no spaces: they may be broken after a sign, and not within a word.
  function breakable(text) {
    return text.split(/(?<=[/,=:(.])(?=[^\s\d.])/).flatMap((part, i) => i > 0 ? [element("wbr"), part] : [part]);
  }

  function facts(pairs) {
    return element("dl", { class: "facts" }, ...pairs.flatMap(([what, value]) =>
      [element("dt", {}, what), element("dd", {}, ...breakable(value))]));
  }

  function histogram(row) {
    const all = row.outcomes.slice();
    if (row.rest[0] > 0) all.push(["other", row.rest[0] + " more outcomes", "", row.rest[1]]);
    const total = all.reduce((sum, [, , , times]) => sum + times, 0);
    const most = Math.max(...all.map(([, , , times]) => times), 1);
    const step = 56;
    const picture = drawn("svg", { class: "histogram", height: all.length * step, role: "img",
      "aria-label": "How often each outcome was seen" });
    all.forEach(([kind, ended, bytes, times], i) => {
      const y = i * step;
      const share = number.format(Math.round(1000 * times / total) / 10) + " %";
      const figures = number.format(times) + " executions, " + share + (bytes ? "; " + bytes : "");
      picture.append(
        drawn("text", { x: 0, y: y + 14 }, ended),
        drawn("rect", { class: kind, x: 0, y: y + 20, width: Math.max(0.4, 99 * times / most) + "%", height: 10, rx: 2 }),
        drawn("text", { class: "tick", x: 0, y: y + 45 }, figures));
    });
    return picture;
  }

  function vessel(kind, title) {
    const level = element("b", {}, "0");
    const rest = element("span", { class: "rest" });
    const bytes = element("div", { class: "bytes", "aria-hidden": "true" });
    const whole = element("div", { class: "vessel " + kind },
      element("div", { class: "title" }, element("span", {}, title),
        element("span", { class: "level" }, level, rest)), bytes);
    let boxes = [];
    let bar = null;
    return {
      whole,
      of(words) { rest.textContent = words; },
      size(full) {
        if (full <= 32) {
          boxes = Array.from({ length: full }, () => element("i"));
          bytes.append(...boxes);
        } else {
          bar = element("i", { class: "full fill" });
          bytes.classList.add("bar");
          bytes.append(bar);
        }
        this.full = full;
      },
      show(value) {
        level.textContent = number.format(value);
        boxes.forEach((box, i) => box.classList.toggle("full", i < value));
        if (bar) bar.style.width = (100 * Math.min(1, value / this.full)) + "%";
      },
    };
  }

  function gauge(place, level, full) {
    const bar = element("s");
    bar.style.width = (full > 0 ? 100 * Math.min(1, level / full) : 0) + "%";
    return element("span", { class: "gauge " + place }, number.format(level), element("u", {}, bar));
  }

  function arrow(flow, bytes) {
    const kinds = { out: ["a1", number.format(bytes)], refused: ["a1", ""], fin: ["a1", "FIN"],
      taken: ["a2", number.format(bytes)], eof: ["a2", "FIN"], reset: ["a2", "RST"] };
    if (!kinds[flow]) return null;
    const [place, text] = kinds[flow];
    const paths = { refused: "M2 16H50M46 11l10 10m0-10l-10 10", reset: "M62 16H4m6-4.5l-6 4.5l6 4.5" };
    return drawn("svg", { class: "arrow " + place, viewBox: "0 0 64 24", "aria-hidden": "true" },
      drawn("path", { d: paths[flow] || "M2 16H60m-6-4.5l6 4.5l-6 4.5" }),
      drawn("text", { x: 31, y: 11 }, text));
  }

  function name(trace, actor) {
    return trace.actors[actor] || "unknown actor";
  }

  function transcript(trace) {
    return trace.lines.map(([numbers, actor, text, flow, bytes, inside, kernel, received, broken]) =>
      ({ numbers, actor, text: data.texts[text], flow, bytes, inside, kernel, received, broken }));
  }

  // The step on which a counterexample turns.
  function decisive(trace) {
    return trace.computed ? "From here on the violation is unavoidable."
      : "This step breaks the property. Whether it was unavoidable before is not known.";
  }

  // The sequence diagram: the lines of a transcript, below a head.
  function sequence(trace, lines) {
    const largest = lines.reduce((most, line) => Math.max(most, line.inside), 0);
    const scripts = lines.some((line) => line.actor > 1);
    const broken = lines.findIndex((line) => line.broken);
    const columns = [element("span", { class: "n" }, "steps"), element("span", { class: "words subject-words" }, name(trace, 1)),
      element("span", { class: "g1" }, "not yet accepted"), element("span", { class: "g2" }, "kernel"),
      element("span", { class: "words reader-words" }, name(trace, 0))];
    if (scripts) columns.push(element("span", { class: "words other-words" }, "others"));
    const rows = lines.map((line, i) => {
      const lane = ["reader-words", "subject-words"][line.actor] || "other-words";
      const who = element("span", { class: "who" }, name(trace, line.actor) + ": ");
      const words = line.actor > 1 ? name(trace, line.actor) + ": " + line.text : line.text;
      const after = trace.strands && broken >= 0 && i >= broken;
      return element("li", { class: "transcript-line" + (line.broken ? " broken" : "") + (after ? " after" : "") },
        element("span", { class: "n" }, line.numbers),
        element("span", { class: "words " + lane }, line.actor > 1 ? null : who, ...breakable(words)),
        gauge("g1", line.inside, largest), gauge("g2", line.kernel, trace.capacity), arrow(line.flow, line.bytes));
    });
    const list = element("ol", { class: "sequence" + (scripts ? " scripts" : "") },
      element("li", { class: "transcript-line" }, ...columns), ...rows);
    return { list, rows };
  }

  // The counterexample: buffers with a scrubber, and the sequence diagram below it.
  function player(counterexample) {
    const trace = data.traces[counterexample.trace];
    const lines = transcript(trace);
    const most = (of) => lines.reduce((largest, line) => Math.max(largest, of(line)), 0);
    const largest = most((line) => line.inside);
    const broken = lines.findIndex((line) => line.broken);
    const lost = (i) => trace.strands && broken >= 0 && i >= broken;
    const promised = number.format(trace.promised);

    const inside = vessel("inside", "not yet accepted");
    const kernel = vessel("kernel", "kernel, " + number.format(trace.capacity));
    const received = vessel("received", "received");
    inside.size(largest);
    kernel.size(trace.capacity);
    received.size(Math.max(trace.promised, most((line) => line.received)));
    received.of(" of " + promised + " promised");
    const now = element("p", { class: "now", "aria-live": "polite" });
    const range = element("input", { type: "range", min: 1, max: lines.length, value: 1, step: 1,
      "aria-label": "Step of the counterexample" });
    const place = element("output", {});
    const back = element("button", { type: "button", "aria-label": "Step back" }, "‹");
    const forth = element("button", { type: "button", "aria-label": "Step forward" }, "›");
    const head = element("div", { class: "player" },
      element("div", { class: "stage" }, inside.whole, kernel.whole, received.whole), now,
      element("div", { class: "controls" }, back, range, forth, place));

    const { list, rows } = sequence(trace, lines);
    rows.forEach((row, i) => row.addEventListener("click", () => show(i)));

    let current = -1;
    function show(i, scroll) {
      const line = lines[i];
      if (!line || i === current) return;
      if (current >= 0) rows[current].classList.remove("current");
      current = i;
      rows[i].classList.add("current");
      inside.show(line.inside);
      kernel.show(line.kernel);
      received.show(line.received);
      head.classList.toggle("lost", lost(i));
      const mark = line.broken ? element("span", { class: "mark" }, " " + decisive(trace)) : null;
      now.replaceChildren(element("b", {}, name(trace, line.actor) + ": "), line.text, ...(mark ? [mark] : []));
      range.value = i + 1;
      range.setAttribute("aria-valuetext", "step " + line.numbers + ", " + name(trace, line.actor) + ": " + line.text);
      place.textContent = (i + 1) + " of " + lines.length;
      if (scroll) keepInSight(rows[i]);
    }
    // Below the sticky player, inside the dialog.
    function keepInSight(row) {
      const top = head.getBoundingClientRect().bottom + 8;
      const bottom = body.getBoundingClientRect().bottom - 8;
      const at = row.getBoundingClientRect();
      if (at.top < top) body.scrollTop -= top - at.top;
      else if (at.bottom > bottom) body.scrollTop += at.bottom - bottom;
    }
    range.addEventListener("input", () => show(Number(range.value) - 1, true));
    back.addEventListener("click", () => show(current - 1, true));
    forth.addEventListener("click", () => show(current + 1, true));
    show(Math.max(broken, 0));
    return [head, list, facts(counterexample.closing)];
  }

  function figures(each) {
    const cells = each.map(([scenario, executions, seconds]) => element("tr", {},
      element("td", {}, ...breakable(scenario)), element("td", { class: "figure" }, number.format(executions)),
      element("td", { class: "figure" }, seconds.toFixed(3))));
    return element("table", { class: "figures" },
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "scenario"),
        element("th", { scope: "col", class: "figure" }, "executions"), element("th", { scope: "col", class: "figure" }, "seconds"))),
      element("tbody", {}, ...cells));
  }

  function chip(row) {
    const meaning = row.meaning;
    if (!meaning) return element("span", { class: "chip " + row.class }, row.verdict);
    return element("span", { class: "chip " + row.class }, element("b", { "aria-hidden": "true" }, meaning.sign), " " + meaning.word);
  }

  // What came out, and what it means.
  function verdict(row) {
    const parts = [chip(row)];
    if (row.meaning) {
      parts.push(" " + row.verdict + ", as declared. ", element("span", { class: "reason" }, row.meaning.reason));
    } else {
      parts.push(" declared: " + row.expected);
    }
    if (row.surprise) parts.push(element("p", { class: "blame" }, "Not as declared: " + row.surprise));
    return [element("div", { class: "came-out" }, ...parts)];
  }

  function details(row) {
    const parts = [element("h3", {}, row.sentence), ...verdict(row)];
    if (row.counterexample) {
      parts.push(element("h4", {}, "Counterexample in ", ...breakable(row.counterexample.instance)), ...player(row.counterexample));
    }
    parts.push(element("h4", {}, "What was explored"), facts(row.facts));
    if (row.outcomes.length) {
      parts.push(element("h4", {}, "Outcomes"), element("p", { class: "note" }, row.concluded), histogram(row));
    }
    parts.push(element("h4", {}, "Why"), element("ul", { class: "why" }, ...row.why.map((line) => element("li", {}, line))));
    if (row.each.length) parts.push(element("h4", {}, "Each scenario"), figures(row.each));
    parts.push(element("h4", {}, "Reproduce"), element("p", { class: "reproduce" }, element("code", {}, ...breakable(row.command))));
    return parts;
  }

  // Where one subject of a sweep fails a property.
  function failing(sweep, subject, property) {
    const [name, sentence] = sweep.properties[property];
    const lines = sweep.fields[subject][property].map(([scenario, steps, row]) => {
      const known = data.rows[row];
      return element("tr", {},
        element("td", {}, ...breakable(data.texts[scenario])), element("td", { class: "figure" }, number.format(steps)),
        element("td", {}, ...(known ? [element("a", { href: "#" + encodeURIComponent(known.id) }, "counterexample"), " ", chip(known)] : [])));
    });
    return [
      element("h3", {}, name + " fails at " + sweep.subjects[subject]),
      element("p", { class: "note" }, sentence),
      element("table", { class: "figures" },
        element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "scenario, the worst first"),
          element("th", { scope: "col", class: "figure" }, "steps"), element("th", { scope: "col" }, ""))),
        element("tbody", {}, ...lines)),
      element("h4", {}, "Reproduce"), element("p", { class: "reproduce" }, element("code", {}, ...breakable(sweep.command))),
    ];
  }

  const lost = document.getElementById("lost-link");
  let opener = null;
  let shownId = null;
  function address() {
    const fragment = location.hash.slice(1);
    // What cannot be decoded names nothing, as it stands.
    try { return decodeURIComponent(fragment); } catch { return fragment; }
  }
  function open(index) {
    const row = data.rows[index];
    if (!row) return;
    lost.hidden = true;
    shownId = row.id;
    present(row.id, details(row));
    history.replaceState(null, "", "#" + encodeURIComponent(row.id));
  }
  function openFailing(button) {
    const sweep = data.sweeps[button.dataset.sweep];
    shownId = null;
    present(sweep.model, failing(sweep, Number(button.dataset.subject), Number(button.dataset.property)));
  }
  function present(id, parts) {
    document.getElementById("details-id").replaceChildren(...breakable(id));
    body.replaceChildren(...parts);
    const title = body.querySelector("h3");
    title.id = "details-title";
    if (!dialog.open) dialog.showModal();
    body.scrollTop = 0;
    (body.querySelector("input[type=range]") || body).focus({ preventScroll: true });
  }

  const cell = "button[data-row], button[data-sweep]";
  const buttons = Array.from(document.querySelectorAll(cell));
  document.querySelector("main").addEventListener("click", (event) => {
    const line = event.target.closest("tr");
    const button = event.target.closest(cell) || (line && line.querySelector("button[data-row]"));
    if (!button || String(getSelection()).length > 0) return;
    opener = button;
    if (button.dataset.sweep) openFailing(button);
    else open(Number(button.dataset.row));
  });
  // The arrow keys go from cell to cell.
  document.querySelector("main").addEventListener("keydown", (event) => {
    const here = event.target.closest(cell);
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!here || !step) return;
    const from = here.getBoundingClientRect();
    let best = null;
    let least = Infinity;
    for (const button of buttons) {
      const to = button.getBoundingClientRect();
      const along = step[0] * (to.left - from.left) + step[1] * (to.top - from.top);
      const across = Math.abs(step[1] * (to.left - from.left) + step[0] * (to.top - from.top));
      const far = along + 3 * across;
      if (along > 1 && far < least) { least = far; best = button; }
    }
    if (best) { event.preventDefault(); best.focus(); }
  });
  document.getElementById("close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => {
    // The address names the claim no longer; one that names something else stays.
    if (shownId !== null && address() === shownId) history.replaceState(null, "", location.pathname + location.search);
    body.replaceChildren();
    if (opener) opener.focus();
  });

  // A link to a claim opens it, one to a section goes there, and any other is answered in words.
  function openFromAddress() {
    const id = address();
    const index = data.rows.findIndex((row) => row.id === id);
    const known = index >= 0 || id === "" || id === "top" || document.getElementById(id) !== null;
    lost.hidden = known;
    lost.textContent = known ? "" : "The link names “" + id + "”, which is not on this page. It may be misspelt, or "
      + "belong to a run that selected other claims. Links name a claim as its cell does, for example “#"
      + (data.rows.length ? data.rows[0].id : "checker") + "”.";
    if (index >= 0) { open(index); return; }
    if (dialog.open && id !== "") dialog.close();
    if (!known) scrollTo(0, 0);
  }

  // Paper has no dialogs. Of every model, property and meaning it gets the shortest counterexample, and
  // the names of the claims that fail in the same way; what is not as declared it gets in full. What is
  // folded stays so, unless something in it is not as declared.
  const printed = document.getElementById("printed");
  let unfolded = [];
  function paper() {
    if (printed.hasChildNodes()) return;
    unfolded = Array.from(document.querySelectorAll("details:not([open])")).filter((d) => d.querySelector(".surprise"));
    for (const folded of unfolded) folded.open = true;
    const groups = new Map();
    for (const row of data.rows.filter((row) => row.counterexample)) {
      const key = JSON.stringify(row.holds ? [row.model, row.property, row.meaning && row.meaning.word] : row.id);
      groups.set(key, [...(groups.get(key) || []), row]);
    }
    const length = (row) => data.traces[row.counterexample.trace].lines.length;
    const first = new Map();
    const parts = Array.from(groups.values(), (rows) => {
      const row = rows.reduce((shortest, row) => length(row) < length(shortest) ? row : shortest);
      const others = rows.filter((other) => other !== row).map((other) => other.id);
      const { instance, trace: place, closing } = row.counterexample;
      const trace = data.traces[place];
      const shown = first.get(place);
      if (shown === undefined) first.set(place, row.id);
      return element("article", { class: "counterexample" },
        element("h3", {}, ...breakable(row.id)), element("p", {}, row.sentence), ...verdict(row),
        element("p", { class: "note" }, "In ", ...breakable(instance), ", with " + amounts(trace) + "."),
        shown === undefined ? sequence(trace, transcript(trace)).list : element("p", {}, "The steps are those of " + shown + "."),
        facts(closing),
        others.length ? element("p", { class: "note" }, "The same property fails in ", ...breakable(others.join(", ")), ".") : null);
    });
    if (parts.length) printed.append(element("h2", {}, "Counterexamples"),
      element("p", { class: "note" }, "The shortest one of every model, property and meaning; the page on a screen has them all."), ...parts);
  }
  function amounts(trace) {
    const last = trace.lines[trace.lines.length - 1];
    return number.format(trace.promised) + " bytes promised and " + number.format(last ? last[7] : 0) + " received";
  }
  function screen() {
    printed.replaceChildren();
    for (const folded of unfolded) folded.open = false;
    unfolded = [];
  }
  addEventListener("beforeprint", paper);
  addEventListener("afterprint", screen);
  matchMedia("print").addEventListener("change", (medium) => medium.matches ? paper() : screen());

  addEventListener("hashchange", openFromAddress);
  openFromAddress();
})();
