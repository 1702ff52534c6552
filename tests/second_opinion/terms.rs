//! Numbers as terms of SMT-LIB: what the encoding computes is written down instead of carried out.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::{Add, BitAnd, BitOr, Not, Sub};

use easy_smt::{Context, ContextBuilder, SExpr, SExprData};

use crate::machine::{Connection, Fields, State, Who};
use crate::numbers::{Bit, Choice, Number, OneOf};

thread_local! {
    /// Holds the terms of this thread. It drives no solver: what a solver gets is text.
    static TERMS: Context = ContextBuilder::new().build().expect("nothing is started");
    /// Present while [`Tree::of`] runs something.
    static DECISIONS: RefCell<Option<Decisions>> = const { RefCell::new(None) };
}

pub fn with_terms<T>(act: impl FnOnce(&Context) -> T) -> T {
    TERMS.with(act)
}

fn atom(name: &str) -> SExpr {
    with_terms(|terms| terms.atom(name))
}

/// `(operator operands...)`
fn apply(operator: &str, operands: &[SExpr]) -> SExpr {
    with_terms(|terms| {
        let list = std::iter::once(terms.atom(operator)).chain(operands.iter().copied());
        terms.list(list.collect())
    })
}

/// The operands, if this is an application of the operator.
fn operands(term: SExpr, operator: &str) -> Option<Vec<SExpr>> {
    with_terms(|terms| {
        let list = terms.get_list(term)?;
        (terms.get_atom(list[0]) == Some(operator)).then(|| list[1..].to_vec())
    })
}

/// The operands of an operator that may have any number of them.
fn flat(operator: &str, sides: [SExpr; 2]) -> Vec<SExpr> {
    let flat = sides.map(|side| operands(side, operator).unwrap_or(vec![side]));
    flat.concat()
}

/// An integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Int(pub SExpr);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bool(pub SExpr);

/// A value of `E` by its number, which has a name.
#[derive(Debug)]
pub struct Coded<E>(pub SExpr, PhantomData<E>);

impl<E> Clone for Coded<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for Coded<E> {}

impl<E> PartialEq for Coded<E> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<E> Eq for Coded<E> {}

impl<E> Hash for Coded<E> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl Add for Int {
    type Output = Int;

    fn add(self, other: Int) -> Int {
        Int(apply("+", &flat("+", [self.0, other.0])))
    }
}

impl Sub for Int {
    type Output = Int;

    fn sub(self, other: Int) -> Int {
        Int(apply("-", &[self.0, other.0]))
    }
}

impl Int {
    pub fn named(name: &str) -> Int {
        Int(atom(name))
    }
}

impl Number for Int {
    type Bit = Bool;
    type OneOf<E: Choice> = Coded<E>;

    fn of(n: usize) -> Int {
        Int(atom(&n.to_string()))
    }

    fn equals(self, other: Int) -> Bool {
        Bool(apply("=", &[self.0, other.0]))
    }

    fn at_most(self, limit: Int) -> Bool {
        Bool(apply("<=", &[self.0, limit.0]))
    }

    fn choose(which: Bool, yes: Int, no: Int) -> Int {
        Int(if_then_else(which, yes.0, no.0))
    }
}

impl From<bool> for Bool {
    fn from(bit: bool) -> Bool {
        Bool(atom(if bit { "true" } else { "false" }))
    }
}

impl Bool {
    pub fn named(name: &str) -> Bool {
        Bool(atom(name))
    }

    /// `Some` for the constants.
    fn known(self) -> Option<bool> {
        [false, true]
            .into_iter()
            .find(|bit| self == Bool::from(*bit))
    }

    /// Whether this compares numbers, and not values of a [`Choice`].
    pub fn compares_numbers(self) -> bool {
        let coded = |term| coded_names().iter().any(|(name, _)| atom(name) == term);
        let equal = operands(self.0, "=").is_some_and(|sides| !sides.into_iter().any(coded));
        equal || operands(self.0, "<=").is_some()
    }

    /// A chain of the same operator, of which `neutral` changes nothing and its opposite decides.
    fn chain(self, other: Bool, operator: &str, neutral: bool) -> Bool {
        match (self.known(), other.known()) {
            (Some(bit), _) if bit == neutral => other,
            (_, Some(bit)) if bit == neutral => self,
            (Some(_), _) | (_, Some(_)) => Bool::from(!neutral),
            (None, None) => Bool(apply(operator, &flat(operator, [self.0, other.0]))),
        }
    }
}

impl BitAnd for Bool {
    type Output = Bool;

    fn bitand(self, other: Bool) -> Bool {
        self.chain(other, "and", true)
    }
}

impl BitOr for Bool {
    type Output = Bool;

    fn bitor(self, other: Bool) -> Bool {
        self.chain(other, "or", false)
    }
}

impl Not for Bool {
    type Output = Bool;

    fn not(self) -> Bool {
        match (self.known(), operands(self.0, "not")) {
            (Some(bit), _) => Bool::from(!bit),
            (None, Some(inner)) => Bool(inner[0]),
            (None, None) => Bool(apply("not", &[self.0])),
        }
    }
}

impl Bit for Bool {
    fn holds(self) -> bool {
        if let Some(bit) = self.known() {
            return bit;
        }
        if let Some(inner) = operands(self.0, "not") {
            return !Bool(inner[0]).holds();
        }
        DECISIONS.with_borrow_mut(|decisions| {
            let decisions = decisions
                .as_mut()
                .expect("decisions are taken within Tree::of");
            decisions.decide(self)
        })
    }

    fn implies(self, then: Bool) -> Bool {
        match (self.known(), then.known()) {
            (None, None) => Bool(apply("=>", &[self.0, then.0])),
            _ => !self | then,
        }
    }

    fn same_as(self, other: Bool) -> Bool {
        match (self.known(), other.known()) {
            (None, None) => Bool(apply("=", &[self.0, other.0])),
            _ => self.implies(other) & other.implies(self),
        }
    }

    fn choose_bit(self, yes: Bool, no: Bool) -> Bool {
        Bool(if_then_else(self, yes.0, no.0))
    }
}

/// `yes` and `no` are of one sort.
fn if_then_else(which: Bool, yes: SExpr, no: SExpr) -> SExpr {
    if yes == no {
        return yes;
    }
    if let Some(bit) = which.known() {
        return if bit { yes } else { no };
    }
    match (Bool(yes).known(), Bool(no).known()) {
        (Some(true), _) => which | Bool(no),
        (Some(false), _) => !which & Bool(no),
        (_, Some(true)) => !which | Bool(yes),
        (_, Some(false)) => which & Bool(yes),
        (None, None) => Bool(apply("ite", &[which.0, yes, no])),
    }
    .0
}

/// The name of a value in the formulas.
pub fn name_of<E: Choice>(one: E) -> String {
    format!("{}.{one:?}", E::NAME)
}

impl<E: Choice> From<E> for Coded<E> {
    fn from(one: E) -> Self {
        Coded(atom(&name_of(one)), PhantomData)
    }
}

impl<E: Choice> OneOf<E, Bool> for Coded<E> {
    fn is(self, one: E) -> Bool {
        let mut values = E::ALL.iter().map(|value| Coded::from(*value));
        match values.any(|value| value == self) {
            true => Bool::from(self == one.into()),
            false => Bool(apply("=", &[self.0, Coded::from(one).0])),
        }
    }

    fn which(self) -> E {
        let (last, others) = E::ALL.split_last().expect("a type with values");
        let found = others.iter().find(|one| self.is(**one).holds());
        *found.unwrap_or(last)
    }
}

/// The answers on the way through something that decides.
#[derive(Default)]
struct Decisions {
    /// What to answer at first; then always yes.
    planned: Vec<bool>,
    taken: Vec<(Bool, bool)>,
}

impl Decisions {
    fn decide(&mut self, question: Bool) -> bool {
        if let Some((_, known)) = self.taken.iter().find(|(asked, _)| *asked == question) {
            return *known;
        }
        let answer = self.planned.get(self.taken.len()).copied().unwrap_or(true);
        self.taken.push((question, answer));
        answer
    }
}

/// What comes out of something that decides, for every answer.
#[derive(Debug)]
pub enum Tree<T> {
    Leaf(T),
    Fork(Bool, Box<[Tree<T>; 2]>),
}

/// Decisions on the way to a leaf.
pub type Way = Vec<(Bool, bool)>;

impl<T> Tree<T> {
    /// Runs it once for every way through its decisions.
    pub fn of(run: impl Fn() -> T) -> Tree<T> {
        Tree::below(&run, Vec::new())
    }

    fn below(run: &impl Fn() -> T, planned: Vec<bool>) -> Tree<T> {
        let depth = planned.len();
        let decisions = Decisions {
            planned: planned.clone(),
            ..Decisions::default()
        };
        let outer = DECISIONS.replace(Some(decisions));
        assert!(outer.is_none(), "one tree at a time");
        let result = run();
        let taken = DECISIONS.take().expect("put there above").taken;
        let Some((question, _)) = taken.get(depth) else {
            return Tree::Leaf(result);
        };
        let side = |answer| {
            let planned = planned.iter().copied().chain([answer]);
            Tree::below(run, planned.collect())
        };
        Tree::Fork(*question, Box::new([true, false].map(side)))
    }

    /// The way that these values take, and the leaf there.
    pub fn taken(&self, names: &Values) -> (Way, &T) {
        let (mut way, mut tree) = (Vec::new(), self);
        loop {
            match tree {
                Tree::Leaf(leaf) => return (way, leaf),
                Tree::Fork(question, sides) => {
                    let answer = value(question.0, names) == 1;
                    way.push((*question, answer));
                    tree = &sides[usize::from(!answer)];
                }
            }
        }
    }

    /// Every leaf with the way there.
    pub fn leaves(&self) -> Vec<(Way, &T)> {
        match self {
            Tree::Leaf(leaf) => vec![(Vec::new(), leaf)],
            Tree::Fork(question, sides) => {
                let below = sides.iter().zip([true, false]).flat_map(|(side, answer)| {
                    let leaves = side.leaves().into_iter();
                    leaves.map(move |(mut way, leaf)| {
                        way.insert(0, (*question, answer));
                        (way, leaf)
                    })
                });
                below.collect()
            }
        }
    }

    /// One term for all leaves.
    fn merged(&self, term: &impl Fn(&T) -> SExpr) -> SExpr {
        match self {
            Tree::Leaf(leaf) => term(leaf),
            Tree::Fork(question, sides) => {
                let [yes, no] = sides.each_ref().map(|side| side.merged(term));
                if_then_else(*question, yes, no)
            }
        }
    }
}

/// What a field of a state can be.
#[derive(Clone, Copy, Debug)]
pub enum Sort {
    Number,
    Bit,
    /// Of the choice with this name.
    OneOf(&'static str),
}

impl Sort {
    /// As SMT-LIB calls it.
    pub fn word(self) -> &'static str {
        match self {
            Sort::Bit => "Bool",
            Sort::Number | Sort::OneOf(_) => "Int",
        }
    }
}

/// Gives every field of a state of terms another term.
struct Replaced<F>(F);

impl<F: FnMut(&str, Sort, SExpr) -> SExpr> Fields<Int, Int> for Replaced<F> {
    fn number(&mut self, name: &str, value: Int) -> Int {
        Int((self.0)(name, Sort::Number, value.0))
    }

    fn bit(&mut self, name: &str, value: Bool) -> Bool {
        Bool((self.0)(name, Sort::Bit, value.0))
    }

    fn one_of<E: Choice>(&mut self, name: &str, value: Coded<E>) -> Coded<E> {
        let term = (self.0)(name, Sort::OneOf(E::NAME), value.0);
        Coded(term, PhantomData)
    }
}

impl State<Int> {
    pub fn replaced(&self, term: impl FnMut(&str, Sort, SExpr) -> SExpr) -> State<Int> {
        Replaced(term).state(self)
    }

    /// Whether both are the same state. What is the same term already is left out.
    pub fn equals(&self, other: &State<Int>) -> Bool {
        let fields = self.fields().into_iter().zip(other.fields());
        let differing = fields.filter(|(one, other)| one.2 != other.2);
        Bool::all(differing.map(|(one, other)| Bool(apply("=", &[one.2, other.2]))))
    }

    pub fn fields(&self) -> Vec<(String, Sort, SExpr)> {
        let mut fields = Vec::new();
        self.replaced(|name, sort, term| {
            fields.push((name.to_owned(), sort, term));
            term
        });
        fields
    }
}

impl Connection<Int> {
    pub fn step_tree(&self, s: &State<Int>, who: Who) -> Tree<State<Int>> {
        Tree::of(|| self.step(s, who))
    }

    /// The step as one term for each field.
    pub fn merged_step(&self, s: &State<Int>, who: Who) -> State<Int> {
        let tree = self.step_tree(s, who);
        let mut field = 0;
        s.replaced(|_, _, _| {
            let term = tree.merged(&|leaf| leaf.fields()[field].2);
            field += 1;
            term
        })
    }
}

/// What names stand for, as numbers: no is 0 and yes is 1.
pub type Values = HashMap<String, i128>;

/// The value of a term.
pub fn value(term: SExpr, names: &Values) -> i128 {
    with_terms(|terms| {
        let list = match terms.get(term) {
            SExprData::Atom("true") => return 1,
            SExprData::Atom("false") => return 0,
            SExprData::Atom(name) => match name.parse() {
                Ok(number) => return number,
                Err(_) => {
                    return *names
                        .get(name)
                        .unwrap_or_else(|| panic!("{name} has no value"));
                }
            },
            SExprData::List(list) => list,
            SExprData::String(text) => panic!("{text} is no term"),
        };
        let operator = terms.get_atom(list[0]).expect("an operator");
        let values = || list[1..].iter().map(|operand| value(*operand, names));
        let pair = || (value(list[1], names), value(list[2], names));
        match operator {
            "ite" if value(list[1], names) == 1 => value(list[2], names),
            "ite" => value(list[3], names),
            "not" => 1 - value(list[1], names),
            "and" => values().min().expect("operands"),
            "or" => values().max().expect("operands"),
            "+" => values().sum(),
            "-" => pair().0 - pair().1,
            "=>" => i128::from(pair().0 <= pair().1),
            "=" => i128::from(pair().0 == pair().1),
            "<=" => i128::from(pair().0 <= pair().1),
            other => panic!("{other} is no operator of the formulas"),
        }
    })
}

/// The numbers of all values that have a name.
pub fn coded_names() -> Vec<(String, i128)> {
    fn names<E: Choice>() -> impl Iterator<Item = (String, i128)> {
        E::ALL.iter().map(|one| name_of(*one)).zip(0..)
    }
    use crate::machine::{Failure, Mode, Next, ReaderAt};
    let names = names::<Mode>()
        .chain(names::<Next>())
        .chain(names::<Failure>())
        .chain(names::<ReaderAt>());
    names.collect()
}

/// Writes down the values of a state of numbers.
#[derive(Default)]
pub struct ToValues(pub Values);

impl Fields<usize, usize> for ToValues {
    fn number(&mut self, name: &str, value: usize) -> usize {
        self.0.insert(name.to_owned(), value as i128);
        value
    }

    fn bit(&mut self, name: &str, value: bool) -> bool {
        self.0.insert(name.to_owned(), value.into());
        value
    }

    fn one_of<E: Choice>(&mut self, name: &str, value: E) -> E {
        let number = E::ALL.iter().position(|one| *one == value);
        self.0
            .insert(name.to_owned(), number.expect("one of all") as i128);
        value
    }
}

/// Makes a state of numbers from values.
pub struct FromValues<'a>(pub &'a Values);

impl Fields<usize, usize> for FromValues<'_> {
    fn number(&mut self, name: &str, _: usize) -> usize {
        usize::try_from(self.0[name]).unwrap_or_else(|_| panic!("{name} is {}", self.0[name]))
    }

    fn bit(&mut self, name: &str, _: bool) -> bool {
        self.0[name] == 1
    }

    fn one_of<E: Choice>(&mut self, name: &str, _: E) -> E {
        E::ALL[usize::try_from(self.0[name]).expect("a value")]
    }
}

/// As text, broken into lines that are indented by so much at least.
pub fn text(term: SExpr, indent: usize) -> String {
    const WIDTH: usize = 100;
    with_terms(|terms| {
        let line = terms.display(term).to_string();
        let Some(list) = terms.get_list(term) else {
            return line;
        };
        if indent + line.len() <= WIDTH {
            return line;
        }
        let operator = terms.display(list[0]).to_string();
        let mut lines = format!("({operator} {}", text(list[1], indent + operator.len() + 2));
        for operand in &list[2..] {
            lines += &format!("\n{:1$}{2}", "", indent + 2, text(*operand, indent + 2));
        }
        lines + ")"
    })
}
