//! What has to be shown for every size, as a script for an SMT solver.
//!
//! The formulas are what `machine.rs` and `invariant.rs` compute with terms in the place of numbers;
//! here stands only what has to follow from what.

use std::collections::BTreeSet;
use std::rc::Rc;

use easy_smt::SExpr;
use stateright::Model;

use crate::invariant::Clause;
use crate::machine::{Connection, Failure, Fields, Mode, Next, Order, ReaderAt, State, Task, Who};
use crate::numbers::{Bit, Number, OneOf};
use crate::terms::{Bool, Int, Sort, ToValues, Values, Way, coded_names, text, with_terms};

/// What the reader does in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    ToTheEnd,
    /// Stops after M bytes.
    Stops,
    /// Resets the connection after M bytes.
    Resets,
}

impl Reads {
    pub const ALL: [Reads; 3] = [Reads::ToTheEnd, Reads::Stops, Reads::Resets];

    pub fn about(self) -> &'static str {
        match self {
            Reads::ToTheEnd => "a reader that reads to the end",
            Reads::Stops => "a reader that stops after M bytes",
            Reads::Resets => "a reader that resets the connection after M bytes",
        }
    }

    fn limit<N>(self, limit: N) -> (Option<N>, Option<N>) {
        match self {
            Reads::ToTheEnd => (None, None),
            Reads::Stops => (Some(limit), None),
            Reads::Resets => (None, Some(limit)),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing satisfies it: the obligation is proved.
    Unsat,
    /// Something does: a premise that is worth something, or a counterexample.
    Sat,
}

impl Answer {
    pub fn word(self) -> &'static str {
        match self {
            Answer::Unsat => "unsat",
            Answer::Sat => "sat",
        }
    }
}

/// One question to the solver.
#[derive(Clone, Debug)]
pub struct Obligation {
    pub group: &'static str,
    /// Whose step it is about.
    pub who: Option<Who>,
    pub name: String,
    pub asserted: Vec<Bool>,
    pub expected: Answer,
}

impl Obligation {
    /// As the files show it.
    pub fn title(&self) -> String {
        let who = match self.who {
            Some(who) => format!("{}: ", actor(who)),
            None => String::new(),
        };
        format!("{}: {who}{}", self.group, self.name)
    }

    pub fn assertions(&self) -> impl Iterator<Item = String> {
        self.asserted.iter().map(|bit| assertion(bit.0))
    }
}

#[derive(Clone, Debug)]
pub enum Part {
    Comment(String),
    Command(String),
    Obligation(Obligation),
}

/// All obligations of one ordering and one kind of reader.
#[derive(Debug)]
pub struct Script {
    pub machine: Connection<Int>,
    pub reads: Reads,
    pub cases: Rc<Cases>,
    /// The state that the obligations speak of.
    pub state: State<Int>,
    pub parts: Vec<Part>,
    /// In their order.
    pub definitions: Vec<(String, SExpr)>,
    /// The state after the step of each actor.
    pub after: [State<Int>; 2],
}

/// Changes what is said of a state, to see that it matters.
pub type Edit<'a> =
    dyn Fn(&Connection<Int>, &State<Int>, Vec<Clause<Bool>>) -> Vec<Clause<Bool>> + 'a;

/// Groups of obligations, in their order.
pub const GROUPS: [(&str, &str); 7] = [
    ("start", "The first state satisfies the invariant."),
    ("step", "Every step keeps the invariant."),
    ("properties", "The properties follow from the invariant."),
    (
        "end",
        "Every step makes the measure smaller, which is never negative: every execution ends.",
    ),
    (
        "prompt",
        "A reader that takes all there is in one read makes the steps of one with R = K.",
    ),
    ("loss", "The original ordering loses bytes for every N > K."),
    (
        "cases",
        "The numbers of a step compare at every size as those of some step at a small size.",
    ),
];

/// The group of questions that must have an answer: none of the others is vacuous.
pub const PREMISES: (&str, &str) = (
    "premises",
    "What the others assume is possible, also for large sizes.",
);

pub fn machine(order: Order, reads: Reads) -> Connection<Int> {
    let (stops_after, resets_after) = reads.limit(Int::named("M"));
    Connection {
        order,
        response: Int::named("N"),
        capacity: Int::named("K"),
        chunk: Some(Int::named("R")),
        stops_after,
        resets_after,
        everywhere: None,
    }
}

/// A state of which nothing is known: each field is its name.
fn any_state(order: Order, reads: Reads) -> State<Int> {
    let start = machine(order, reads).start();
    start.replaced(|name, _, _| Int::named(name).0)
}

impl Script {
    /// Everything about this ordering and this kind of reader.
    pub fn new(order: Order, reads: Reads) -> Script {
        let (machine, state) = (machine(order, reads), any_state(order, reads));
        let cases = Rc::new(Cases::of(&machine, reads, &state));
        Script::with(machine, order, reads, &|_, _, clauses| clauses, cases)
    }

    /// The same with another invariant: the one of the ordering `of`, changed by `edit`.
    pub fn edited(&self, of: Order, edit: &Edit) -> Script {
        Script::with(self.machine, of, self.reads, edit, self.cases.clone())
    }

    fn with(
        machine: Connection<Int>,
        of: Order,
        reads: Reads,
        edit: &Edit,
        cases: Rc<Cases>,
    ) -> Script {
        let mut script = Script {
            machine,
            reads,
            cases,
            state: any_state(machine.order, reads),
            parts: Vec::new(),
            definitions: Vec::new(),
            after: [machine.start(); 2],
        };
        script.sizes();
        script.state();
        let clauses = |s: &State<Int>| edit(&machine, s, machine.clauses(of, s));
        script.invariant(&clauses);
        let after = Who::ALL.map(|who| script.step(who));
        script.after = after;
        script.comment("The first state.");
        let start = script.named_state("start", &machine.start(), false);
        for clause in clauses(&start) {
            script.prove("start", clause.name, &[], clause.holds);
        }
        for (who, after) in Who::ALL.into_iter().zip(&after) {
            for clause in clauses(after) {
                script.prove_of_step("step", who, clause.name, &[], clause.holds);
            }
        }
        for property in machine.properties_of_states(&script.state) {
            let line = comment(property.sentence);
            script.parts.push(Part::Comment(line));
            script.prove("properties", property.name, &[invariant()], property.holds);
        }
        script.measure(&after);
        script.prompt();
        if machine.order == Order::Original && reads == Reads::ToTheEnd {
            script.loss(&after);
        }
        script.cases();
        script.premises();
        script
    }

    fn comment(&mut self, text: &str) {
        self.parts.push(Part::Comment(comment(text)));
    }

    fn command(&mut self, text: String) {
        self.parts.push(Part::Command(text));
    }

    fn ask(&mut self, obligation: Obligation) {
        self.parts.push(Part::Obligation(obligation));
    }

    /// Under the assumptions, the claim holds: nothing satisfies them and its opposite.
    fn prove(&mut self, group: &'static str, name: &str, assumed: &[Bool], claim: Bool) {
        self.ask(Obligation {
            group,
            who: None,
            name: name.to_owned(),
            asserted: assumed.iter().copied().chain([!claim]).collect(),
            expected: Answer::Unsat,
        });
    }

    /// In every state in which this actor can move, and if that is assumed of it, the claim holds.
    fn prove_of_step(
        &mut self,
        group: &'static str,
        who: Who,
        name: &str,
        assumed: &[Bool],
        claim: Bool,
    ) {
        let steps = [invariant(), can_move(who)];
        self.ask(Obligation {
            group,
            who: Some(who),
            name: name.to_owned(),
            asserted: steps
                .iter()
                .chain(assumed)
                .copied()
                .chain([!claim])
                .collect(),
            expected: Answer::Unsat,
        });
    }

    fn define(&mut self, name: &str, sort: &str, term: SExpr) {
        let head = format!("(define-fun {name} () {sort}");
        let body = text(term, 2);
        let fits = !body.contains('\n') && head.len() + body.len() + 2 <= 100;
        self.command(match fits {
            true => format!("{head} {body})"),
            false => format!("{head}\n  {body})"),
        });
        self.definitions.push((name.to_owned(), term));
    }

    fn sizes(&mut self) {
        self.comment("Sizes: any.");
        let mut sizes = vec![
            ("N", 1, "bytes of the response"),
            ("K", 1, "capacity of the kernel's buffer"),
            ("R", 1, "bytes that the reader takes at most in one read"),
        ];
        if self.reads != Reads::ToTheEnd {
            sizes.push(("M", 0, "bytes after which the reader stops or resets"));
        }
        for (name, least, about) in sizes {
            self.comment(&format!("{name}: {about}."));
            self.command(format!("(declare-const {name} Int)"));
            self.command(format!("(assert (<= {least} {name}))"));
        }
    }

    fn state(&mut self) {
        self.comment("A state: any.");
        for (name, sort, _) in self.state.fields() {
            self.command(format!("(declare-const {name} {})", sort.word()));
            if let Sort::OneOf(choice) = sort {
                let last = values_of(choice).count() - 1;
                self.command(format!("(assert (and (<= 0 {name}) (<= {name} {last})))"));
            }
        }
        for who in Who::ALL {
            let can_move = self.state.task(who).can_move();
            self.define(&can_move_name(who), "Bool", can_move.0);
        }
        self.define("at-the-end", "Bool", self.state.ended().0);
    }

    fn invariant(&mut self, clauses: &dyn Fn(&State<Int>) -> Vec<Clause<Bool>>) {
        self.comment("The invariant.");
        let clauses = clauses(&self.state);
        for clause in &clauses {
            self.comment(clause.sentence);
            self.define(clause.name, "Bool", clause.holds.0);
        }
        let all = Bool::all(clauses.iter().map(|clause| Bool::named(clause.name)));
        self.define("invariant", "Bool", all.0);
    }

    /// Gives names to the fields; to those that are no terms of their own only where asked to.
    fn named_state(&mut self, prefix: &str, state: &State<Int>, changed: bool) -> State<Int> {
        state.replaced(|name, sort, term| {
            if changed && is_atom(term) {
                return term;
            }
            let name = format!("{prefix}.{name}");
            self.define(&name, sort.word(), term);
            Int::named(&name).0
        })
    }

    fn step(&mut self, who: Who) -> State<Int> {
        self.comment(&format!(
            "What becomes of the state when the {} makes its next step; all else stays as it is.",
            actor(who)
        ));
        let next = self.machine.merged_step(&self.state, who);
        self.named_state(&after_prefix(who), &next, true)
    }

    fn measure(&mut self, after: &[State<Int>; 2]) {
        self.comment(
            "The measure: two numbers. A step makes the first one smaller, or keeps it and makes the \
             second one smaller.",
        );
        let before = self.state;
        let mut named = |prefix: &str, state: &State<Int>| {
            let (bytes, calls) = self.machine.measure(state);
            [("bytes-to-go", bytes), ("calls-to-go", calls)].map(|(name, number)| {
                let name = format!("{prefix}{name}");
                self.define(&name, "Int", number.0);
                Int::named(&name)
            })
        };
        let state = named("", &before);
        let after = Who::ALL.map(|who| (who, &after[who as usize]));
        let after =
            after.map(|(who, state)| (who, named(&format!("{}.", after_prefix(who)), state)));
        let natural = Bool::all(state.map(|number| Int::of(0).at_most(number)));
        self.prove("end", "the measure is natural", &[invariant()], natural);
        let less = |one: Int, other: Int| !other.at_most(one);
        for (who, next) in after {
            let smaller =
                less(next[0], state[0]) | (next[0].equals(state[0]) & less(next[1], state[1]));
            self.prove_of_step("end", who, "the measure decreases", &[], smaller);
        }
    }

    /// A way to compare that no step at a small size takes is impossible.
    fn cases(&mut self) {
        let cases = self.cases.clone();
        self.comment(&format!(
            "In a step numbers can compare in {} ways, as far as the step asks. Steps of states that \
             are reachable with N, K, R and M up to {SMALL} take {} of them; these are the others.",
            cases.all.len(),
            cases.taken.len()
        ));
        for (number, case) in cases.all.iter().enumerate() {
            if cases.taken.contains(&number) {
                continue;
            }
            let conditions = case
                .conditions
                .iter()
                .map(|(question, answer)| match answer {
                    true => *question,
                    false => !*question,
                });
            let met = Bool::all(conditions);
            let name = format!("case {number} is impossible");
            self.prove_of_step("cases", case.who, &name, &[], !met);
        }
    }

    fn prompt(&mut self) {
        let prompt = Connection {
            chunk: None,
            ..self.machine
        };
        let like_capacity = Connection {
            chunk: Some(self.machine.capacity),
            ..self.machine
        };
        let [one, other] =
            [prompt, like_capacity].map(|machine| machine.merged_step(&self.state, Who::Reader));
        self.prove_of_step(
            "prompt",
            Who::Reader,
            "the same step",
            &[],
            one.equals(&other),
        );
    }

    /// An execution that loses bytes for all N > K: the dispatcher moves three times, then whoever
    /// wants. From there on every execution ends, and with a loss.
    fn loss(&mut self, after: &[State<Int>; 2]) {
        let machine = self.machine;
        let [n, k] = [machine.response, machine.capacity];
        let larger = !n.at_most(k);
        self.comment("A schedule for every N > K.");
        let start = machine.start();
        let written = State {
            dispatcher: Task::new(Mode::Polled, false, false),
            inside: n - k,
            kernel: k,
            accepted: k,
            ..start
        };
        let full = State {
            wants_room: true.into(),
            next: Next::Shutdown.into(),
            ..written
        };
        let shut = State {
            dispatcher: Task::new(Mode::Ended, false, false),
            shut: true.into(),
            ..full
        };
        for (name, before, after) in [
            (
                "the dispatcher writes K bytes, N - K are left",
                start,
                written,
            ),
            ("it finds the kernel full, and goes on", written, full),
            ("it shuts down, N - K are left", full, shut),
        ] {
            let next = machine.merged_step(&before, Who::Dispatcher);
            let claim = before.dispatcher.can_move() & next.equals(&after);
            self.prove("loss", name, &[larger], claim);
        }

        self.comment("What is left after the shutdown stays there, and is missing at the end.");
        let lost = |s: &State<Int>| s.shut & !s.inside.at_most(Int::of(0));
        for (who, after) in Who::ALL.into_iter().zip(after) {
            let assumed = [lost(&self.state)];
            self.prove_of_step(
                "loss",
                who,
                "what is left stays inside",
                &assumed,
                lost(after),
            );
        }
        let s = self.state;
        let silent = s.reader_at.is(ReaderAt::Eof)
            & s.failed.is(Failure::None)
            & s.dispatcher.mode.is(Mode::Ended)
            & (s.received + s.inside).equals(n)
            & !n.at_most(s.received);
        let assumed = [invariant(), at_the_end(), lost(&s)];
        self.prove(
            "loss",
            "at the end it is missing, and the dispatcher ended with Ok",
            &assumed,
            silent,
        );
    }

    fn premises(&mut self) {
        let machine = self.machine;
        let s = self.state;
        let [n, k, r] = [machine.response, machine.capacity, Int::named("R")];
        let large = Int::of(1000);
        let sizes = large.at_most(r) & (r + large).at_most(k) & (k + large).at_most(n);
        self.define("large-sizes", "Bool", sizes.0);
        let sizes = Bool::named("large-sizes");
        let waits = |who| s.task(who).mode.is(Mode::Waiting);
        let mut possible = vec![
            ("the reader can move", can_move(Who::Reader) & sizes),
            ("the dispatcher can move", can_move(Who::Dispatcher) & sizes),
            ("the dispatcher has shut down", s.shut & sizes),
            ("the reader waits", waits(Who::Reader) & sizes),
            ("an execution has ended", at_the_end() & sizes),
        ];
        match (machine.order, self.reads) {
            (Order::Original, Reads::ToTheEnd) => {
                let fits = n.at_most(k) & large.at_most(n);
                let lost = s.shut & !s.inside.is_zero();
                possible.push(("an execution has ended, N <= K", at_the_end() & fits));
                possible.push((
                    "something is left inside at the end",
                    at_the_end() & lost & sizes,
                ));
            }
            (Order::Original, _) => {}
            (Order::ReadGated | Order::Fixed, _) => {
                possible.push(("the dispatcher waits", waits(Who::Dispatcher) & sizes));
            }
        }
        match self.reads {
            Reads::ToTheEnd => {
                possible.push((
                    "the reader is at the end of the stream",
                    s.reader_at.is(ReaderAt::Eof) & sizes,
                ));
            }
            Reads::Stops => {
                let stopped = at_the_end() & s.reader_at.is(ReaderAt::Stopped);
                possible.push((
                    "the reader has stopped at the end, the dispatcher has shut down",
                    stopped & s.shut & sizes,
                ));
                if machine.order != Order::Original {
                    possible.push((
                        "the reader has stopped at the end, the dispatcher waits",
                        stopped & !s.shut & sizes,
                    ));
                }
            }
            Reads::Resets => {
                let reset = at_the_end() & s.reset;
                possible.push((
                    "the reader has reset before the shutdown",
                    reset & !s.shut & sizes,
                ));
                possible.push((
                    "the reader has reset after the shutdown",
                    reset & s.shut & sizes,
                ));
            }
        }
        for (name, bit) in possible {
            self.ask(Obligation {
                group: PREMISES.0,
                who: None,
                name: name.to_owned(),
                asserted: vec![invariant(), bit],
                expected: Answer::Sat,
            });
        }
    }

    /// What has no definition: the sizes and the state.
    pub fn declared(&self) -> Vec<String> {
        let sizes = match self.reads {
            Reads::ToTheEnd => &["N", "K", "R"][..],
            Reads::Stops | Reads::Resets => &["N", "K", "R", "M"],
        };
        let sizes = sizes.iter().map(|name| (*name).to_owned());
        let fields = self.state.fields().into_iter().map(|(name, ..)| name);
        sizes.chain(fields).collect()
    }

    pub fn obligations(&self) -> impl Iterator<Item = &Obligation> {
        self.parts.iter().filter_map(|part| match part {
            Part::Obligation(obligation) => Some(obligation),
            Part::Comment(_) | Part::Command(_) => None,
        })
    }
}

fn comment(text: &str) -> String {
    textwrap::fill(
        text,
        textwrap::Options::new(100)
            .initial_indent("; ")
            .subsequent_indent("; "),
    )
}

fn assertion(term: SExpr) -> String {
    format!("(assert {})", text(term, "(assert )".len()))
}

/// The values of a choice, as the formulas call them.
pub fn values_of(choice: &str) -> impl Iterator<Item = (String, i128)> {
    let names = coded_names().into_iter();
    names.filter(move |(name, _)| name.split('.').next() == Some(choice))
}

fn invariant() -> Bool {
    Bool::named("invariant")
}

fn at_the_end() -> Bool {
    Bool::named("at-the-end")
}

pub fn actor(who: Who) -> &'static str {
    match who {
        Who::Reader => "reader",
        Who::Dispatcher => "dispatcher",
    }
}

fn after_prefix(who: Who) -> String {
    format!("after-{}", actor(who))
}

fn is_atom(term: SExpr) -> bool {
    with_terms(|terms| terms.get_atom(term).is_some())
}

fn can_move_name(who: Who) -> String {
    format!("{}-can-move", actor(who))
}

fn can_move(who: Who) -> Bool {
    Bool::named(&can_move_name(who))
}

/// Where all cases of a step are met.
pub const SMALL: usize = 4;

/// The small machines of this kind.
pub fn small_machines(order: Order, reads: Reads) -> Vec<Connection> {
    let sizes = (1..=SMALL).flat_map(|n| (1..=SMALL).map(move |k| (n, k)));
    let chunks = sizes.flat_map(|(n, k)| (1..=SMALL).map(move |r| (n, k, r)));
    let limits = chunks.flat_map(|(n, k, r)| {
        let limits = match reads {
            Reads::ToTheEnd => 0..=0,
            Reads::Stops | Reads::Resets => 0..=n,
        };
        limits.map(move |m| (n, k, r, m))
    });
    let machines = limits.map(|(n, k, r, m)| {
        let (stops_after, resets_after) = reads.limit(m);
        Connection {
            order,
            response: n,
            capacity: k,
            chunk: Some(r),
            stops_after,
            resets_after,
            everywhere: None,
        }
    });
    machines.collect()
}

/// What the names of the formulas stand for in this state of this machine.
pub fn values(machine: &Connection, state: &State) -> Values {
    let mut values = ToValues::default();
    values.state(state);
    let mut values = values.0;
    let sizes = [
        ("N", Some(machine.response)),
        ("K", Some(machine.capacity)),
        ("R", machine.chunk),
        ("M", machine.stops_after.or(machine.resets_after)),
    ];
    let sizes = sizes
        .into_iter()
        .filter_map(|(name, size)| Some((name.to_owned(), size? as i128)));
    values.extend(sizes);
    values.extend(coded_names());
    values
}

/// All states that can be reached.
pub fn reachable(machine: &Connection) -> Vec<State> {
    let mut found: std::collections::HashSet<State> = std::collections::HashSet::new();
    let mut all = vec![machine.start()];
    found.insert(machine.start());
    let mut next = 0;
    while next < all.len() {
        for state in machine.next_states(&all[next]) {
            if found.insert(state) {
                all.push(state);
            }
        }
        next += 1;
    }
    all
}

/// One way in which the numbers of a step can compare, as far as it asks.
#[derive(Debug)]
pub struct Case {
    pub who: Who,
    comparisons: Way,
    /// What all ways through the step that compare like this have in common.
    conditions: Way,
}

#[derive(Debug)]
pub struct Cases {
    pub all: Vec<Case>,
    /// Those of states that are reachable at small sizes.
    pub taken: BTreeSet<usize>,
}

impl Cases {
    pub fn of(machine: &Connection<Int>, reads: Reads, state: &State<Int>) -> Cases {
        let comparisons = |way: &Way| {
            let comparisons = way
                .iter()
                .filter(|(question, _)| question.compares_numbers());
            comparisons.copied().collect::<Way>()
        };
        let trees = Who::ALL.map(|who| (who, machine.step_tree(state, who)));
        let mut all: Vec<Case> = Vec::new();
        let position = |all: &[Case], who: Who, way: &Way| {
            let comparisons = comparisons(way);
            all.iter()
                .position(|case| case.who == who && case.comparisons == comparisons)
        };
        for (who, tree) in &trees {
            for (way, _) in tree.leaves() {
                match position(&all, *who, &way) {
                    Some(known) => all[known]
                        .conditions
                        .retain(|condition| way.contains(condition)),
                    None => all.push(Case {
                        who: *who,
                        comparisons: comparisons(&way),
                        conditions: way,
                    }),
                }
            }
        }
        let mut taken = BTreeSet::new();
        for small in small_machines(machine.order, reads) {
            for state in reachable(&small) {
                let names = values(&small, &state);
                let able = trees.iter().filter(|(who, _)| state.task(*who).can_move());
                taken.extend(able.map(|(who, tree)| {
                    let number = position(&all, *who, &tree.taken(&names).0);
                    number.expect("all cases are there")
                }));
            }
        }
        Cases { all, taken }
    }
}

/// The file of one ordering, for any solver.
pub fn file(order: Order) -> String {
    let mut lines = vec![comment(&format!(
        "The minimal model with the ordering {}, for every size: a dispatcher writes a response of N \
         bytes into a kernel's buffer of K bytes and shuts down, a reader takes at most R bytes in one \
         read.",
        name(order)
    ))];
    lines.push(";".to_owned());
    if order == Order::ReadGated {
        lines.push(comment(
            "With one request its steps are those of flush-before-shutdown: there is nothing to read \
             after it.",
        ));
        lines.push(";".to_owned());
    }
    lines.push(comment(
        "Any solver for linear integer arithmetic can be asked: `z3 FILE`, `cvc5 --incremental FILE`. It \
         prints each obligation and its answer. `unsat`: nothing contradicts it, it is proved. `sat` is \
         the right answer to the premises only: what the others assume is possible.",
    ));
    lines.push(";".to_owned());
    lines.push(comment(
        "Generated from the encoding in tests/second_opinion, which stateright explores as well, and \
         compared by `cargo test --package lastbyte-models --test second_opinion`.",
    ));
    lines.push(String::new());
    lines.push("(set-logic QF_LIA)".to_owned());
    for (name, number) in coded_names() {
        lines.push(format!("(define-fun {name} () Int {number})"));
    }
    for reads in Reads::ALL {
        let script = Script::new(order, reads);
        lines.push(String::new());
        lines.push(format!("; ==== {} {}", reads.about(), "=".repeat(60)));
        lines.push("(push 1)".to_owned());
        let mut group = "";
        for part in &script.parts {
            match part {
                Part::Comment(text) => lines.extend([String::new(), text.clone()]),
                Part::Command(text) => lines.push(text.clone()),
                Part::Obligation(obligation) => {
                    if obligation.group != group {
                        group = obligation.group;
                        let mut groups = GROUPS.iter().chain([&PREMISES]);
                        let about = groups.find(|(name, _)| *name == group);
                        let (_, about) = about.expect("one of the groups");
                        lines.push(String::new());
                        lines.push(format!("; ---- {group}: {about}"));
                    }
                    lines.push(String::new());
                    lines.push(format!("(echo \"{}\")", obligation.title()));
                    lines.push("(push 1)".to_owned());
                    lines.extend(obligation.assertions());
                    lines.push(format!("(set-info :status {})", obligation.expected.word()));
                    lines.push("(check-sat)".to_owned());
                    lines.push("(pop 1)".to_owned());
                }
            }
        }
        lines.push("(pop 1)".to_owned());
    }
    lines.join("\n") + "\n"
}

pub fn name(order: Order) -> &'static str {
    match order {
        Order::Original => "original",
        Order::ReadGated => "read-gated-flush",
        Order::Fixed => "flush-before-shutdown",
    }
}
