//! One execution: what a connection sees of its socket, and how it can end.

mod ended;
mod executor;
mod socket;
