//! The picture in README.md is what the program draws.
//!
//! `UPDATE_DOCUMENTS=1` draws it anew.

#[cfg(not(loom))]
#[test]
fn picture_is_compared_with_cfg_loom() {
    eprintln!("covered by RUSTFLAGS=\"--cfg loom\" cargo test: the picture shows an exploration");
}

#[cfg(loom)]
#[test]
fn picture_shows_how_hyper_loses_bytes() {
    use lastbyte::render::{report, story::Caption, svg};
    use lastbyte::{Explorer, Property};

    let claims = lastbyte_models::registry()
        .into_iter()
        .flat_map(|model| (model.claims)());
    let claim = claims
        .filter(|claim| claim.property == Property::NoSilentLoss)
        .find(|claim| {
            claim
                .id()
                .contains("hyper-0.14-body-ignored-without-caching")
        })
        .expect("the published case is claimed");
    let cell = &claim.cells[0];
    let explorer = Explorer {
        caching: cell.caching,
        ..Explorer::default()
    };
    let explored = explorer.explore(&cell.run, &cell.scenario);
    let mut trace = explored.counterexamples[&claim.property].clone();
    let version = cell.version.as_deref().expect("it is a real connection");
    trace.actors[1] = format!("hyper {version}");
    let caption = Caption {
        property: claim.property,
        replay: &report::reproduce(&claim.id()),
    };
    let picture = svg::sequence(&trace, caption) + "\n";

    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/lost-bytes.svg");
    if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
        std::fs::create_dir_all(path.parent().expect("it is in a folder")).expect("it is writable");
        std::fs::write(&path, &picture).expect("it is writable");
    }
    let kept = std::fs::read_to_string(&path).expect("the picture is kept beside README.md");
    assert!(
        picture == kept,
        "{} is out of date: UPDATE_DOCUMENTS=1",
        path.display()
    );
}
