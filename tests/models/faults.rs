//! What an `Ok` of real hyper is worth when the peer resets: the kernel had accepted everything.

use lastbyte::trace::Ending;
use lastbyte::{Claim, Explorer, Registry};
use lastbyte_models::faults;

/// The claims of this name, whatever their property.
fn claims(name: &str) -> Vec<Claim> {
    let registry = Registry::new([faults::model()]).expect("no clash");
    let mut claims = registry.claims().to_vec();
    claims.retain(|claim| claim.name.starts_with(name));
    assert!(!claims.is_empty(), "{name}");
    claims
}

/// For every instance whether the connection says `Ok` although the kernel has not accepted all, given
/// that it has accepted anything: a reset before the request leaves nothing to do.
fn says_ok_too_early(name: &str) -> Vec<bool> {
    let instances = claims(name).into_iter().flat_map(|claim| claim.instances);
    let too_early = instances.map(|instance| {
        let found = Explorer::default().explore(instance.run(), instance.scenario());
        let outcomes = || found.histogram.keys();
        let all = outcomes().map(|outcome| outcome.accepted).max();
        let ok = outcomes().filter(|outcome| outcome.subject == Ending::Ok);
        let mut accepted = ok.map(|outcome| outcome.accepted);
        accepted.any(|bytes| bytes > 0 && Some(bytes) != all)
    });
    too_early.collect()
}

#[test]
fn ok_means_that_the_kernel_has_accepted_everything() {
    for name in [
        "hyper-1-open-servers-hide-reset",
        "hyper-1-closing-servers-hide-reset",
        "hyper-1-closing-clients-hide-reset",
        "hyper-1-servers-reset-before-the-request",
    ] {
        assert!(!says_ok_too_early(name).contains(&true), "{name}");
    }
    // What the question is worth: 0.14 shuts down before its last bytes.
    let older = says_ok_too_early("hyper-0.14-unflushed-servers-hide-reset");
    assert!(!older.contains(&false));
}
