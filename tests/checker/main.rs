//! The ten-line test.

mod checks;
