//! What the encoding computes with.
//!
//! The machine is written once, for any [`Number`]. With `usize` it runs, and stateright explores
//! it; with the terms of `terms.rs` the same code writes down what a step does to *any* numbers, and
//! an SMT solver proves things of it.

use std::fmt::Debug;
use std::hash::Hash;
use std::ops::{Add, BitAnd, BitOr, Not, Sub};

/// A natural number: of bytes, mostly.
pub trait Number: Value + Add<Output = Self> + Sub<Output = Self> {
    /// A yes or no that may depend on numbers.
    type Bit: Bit;
    /// One of the values of `E`; which one may depend on numbers.
    type OneOf<E: Choice>: OneOf<E, Self::Bit>;

    fn of(n: usize) -> Self;
    fn equals(self, other: Self) -> Self::Bit;
    fn at_most(self, limit: Self) -> Self::Bit;
    fn choose(which: Self::Bit, yes: Self, no: Self) -> Self;

    fn is_zero(self) -> Self::Bit {
        self.equals(Self::of(0))
    }

    /// The smaller one of the two. Decides which.
    fn capped_at(self, limit: Self) -> Self {
        match self.at_most(limit).holds() {
            true => self,
            false => limit,
        }
    }

    /// 1 for yes, 0 for no.
    fn count(bit: Self::Bit) -> Self {
        Self::choose(bit, Self::of(1), Self::of(0))
    }
}

/// What states are made of.
pub trait Value: Copy + Debug + Eq + Hash {}

impl<T: Copy + Debug + Eq + Hash> Value for T {}

pub trait Bit:
    Value + From<bool> + BitAnd<Output = Self> + BitOr<Output = Self> + Not<Output = Self>
{
    /// Decides: what follows may depend on the answer.
    fn holds(self) -> bool;

    fn implies(self, then: Self) -> Self {
        !self | then
    }

    fn same_as(self, other: Self) -> Self {
        self.implies(other) & other.implies(self)
    }

    fn choose_bit(self, yes: Self, no: Self) -> Self {
        self.implies(yes) & (!self).implies(no)
    }

    fn all(bits: impl IntoIterator<Item = Self>) -> Self {
        bits.into_iter().fold(true.into(), BitAnd::bitand)
    }
}

/// A type with finitely many values.
pub trait Choice: Value + 'static {
    /// As the formulas call it.
    const NAME: &'static str;
    const ALL: &'static [Self];
}

pub trait OneOf<E, B>: Value + From<E> {
    fn is(self, one: E) -> B;
    /// Decides: what follows may depend on the answer.
    fn which(self) -> E;
}

impl Number for usize {
    type Bit = bool;
    type OneOf<E: Choice> = E;

    fn of(n: usize) -> usize {
        n
    }

    fn equals(self, other: usize) -> bool {
        self == other
    }

    fn at_most(self, limit: usize) -> bool {
        self <= limit
    }

    fn choose(which: bool, yes: usize, no: usize) -> usize {
        if which { yes } else { no }
    }
}

impl Bit for bool {
    fn holds(self) -> bool {
        self
    }
}

impl<E: Choice> OneOf<E, bool> for E {
    fn is(self, one: E) -> bool {
        self == one
    }

    fn which(self) -> E {
        self
    }
}
