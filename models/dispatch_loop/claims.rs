//! x
pub(super) fn claims() -> Vec<lastbyte::Claim> {
    vec![]
}
