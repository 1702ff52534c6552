//! A result belongs to the thing that was explored: what has the same name and is not provably the
//! same is refused, and no process, slice or recording takes one for the other.

// Who copies the template and forgets to rename it has this: another file with the same content.
#[path = "../../models/template.rs"]
mod copied;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::Arc;

use crate::program::{Scratch, refused};
use lastbyte::check::recording::Recording;
use lastbyte::check::results::{Results, Row};
use lastbyte::check::selection::Selection;
use lastbyte::check::{Clash, Comparison, Identity, NamedSubject, Sweep};
use lastbyte::environment::{
    Decorator, FlushMode, Kernel, KernelCall, ShutdownMode, UnreadInput, Wakes,
};
use lastbyte::run::{Actor, ExecutorDefect, FurtherSocket};
use lastbyte::trace::{Definition, Ends, Exploration, Inconclusive};
use lastbyte::{
    Claim, Expected, Handle, Instance, Model, Property, Reader, Registry, Running, Scenario,
    Script, ScriptStep, Socket, Subject,
};
use lastbyte_models::mutants::KernelDefect;
use lastbyte_models::template;

// ---- Subjects -----------------------------------------------------------------------------------

/// Without a fingerprint.
struct Unknown;

impl Subject for Unknown {
    fn start(&self, _: Socket) -> Running {
        Box::pin(async { Ok(()) })
    }
}

/// With one.
#[derive(Debug)]
struct Writer {
    bytes: usize,
}

impl Subject for Writer {
    fn fingerprint(&self) -> Option<String> {
        lastbyte::run::fingerprint(self)
    }

    fn start(&self, _: Socket) -> Running {
        let bytes = self.bytes;
        Box::pin(async move { Err(bytes.to_string()) })
    }
}

mod elsewhere {
    use super::{Running, Socket, Subject};

    /// Prints like the other writer and does something else.
    #[derive(Debug)]
    pub struct Writer {
        pub bytes: usize,
    }

    impl Subject for Writer {
        fn fingerprint(&self) -> Option<String> {
            lastbyte::run::fingerprint(self)
        }

        fn start(&self, _: Socket) -> Running {
            let bytes = self.bytes;
            Box::pin(async move { Err(format!("{bytes} are too many")) })
        }
    }
}

/// Nothing breaks it.
static NEVER: Definition = Definition {
    name: "never",
    sentence: "Nothing breaks this.",
    check: |_, _| false,
};

/// Does nothing beside the connection.
#[derive(Debug)]
struct Nobody;

impl Actor for Nobody {
    fn name(&self) -> String {
        "nobody".to_owned()
    }

    fn start(&self, _: Handle) -> Running {
        Box::pin(async { Ok(()) })
    }
}

fn scenario(name: &str) -> Scenario {
    Scenario::new(name, 1, Reader::PROMPT)
}

#[track_caller]
fn instance(name: &str) -> Instance {
    Instance::new("writer", scenario(name), Arc::new(Writer { bytes: 1 }))
}

// ---- Models -------------------------------------------------------------------------------------

#[track_caller]
fn claim(name: &str, instances: impl IntoIterator<Item = Instance>) -> Claim {
    Claim::new(name, "", Property::NoStall, Expected::Proved, instances)
}

/// An instance and a model of it.
#[track_caller]
fn pair(name: &str) -> [Instance; 2] {
    [instance(name), instance(name).with_subject("model of it")]
}

#[derive(Default)]
struct Offer {
    claims: Vec<Claim>,
    comparisons: Vec<Comparison>,
    swept: Vec<Instance>,
    subjects: Vec<NamedSubject>,
}

impl Offer {
    fn claims(claims: impl IntoIterator<Item = Claim>) -> Offer {
        Offer {
            claims: claims.into_iter().collect(),
            ..Offer::default()
        }
    }

    fn comparisons(comparisons: impl IntoIterator<Item = Comparison>) -> Offer {
        Offer {
            comparisons: comparisons.into_iter().collect(),
            ..Offer::default()
        }
    }

    fn swept(swept: impl IntoIterator<Item = Instance>) -> Offer {
        Offer {
            swept: swept.into_iter().collect(),
            ..Offer::default()
        }
    }

    /// The registry of a model that offers this.
    fn registered(self) -> Result<Registry, Clash> {
        thread_local! {
            // A model has functions, which know nothing of a test.
            static OFFER: RefCell<Offer> = RefCell::default();
        }
        fn taken<T: Default>(part: impl Fn(&mut Offer) -> &mut T) -> T {
            OFFER.with_borrow_mut(|offer| std::mem::take(part(offer)))
        }
        OFFER.set(self);
        Registry::new([Model {
            claims: || taken(|offer| &mut offer.claims),
            comparisons: || taken(|offer| &mut offer.comparisons),
            sweep: Some(|| Sweep {
                instances: taken(|offer| &mut offer.swept),
                prominent: Vec::new(),
                left_out: Vec::new(),
                not_applicable: Vec::new(),
                classified: None,
                part_of: None,
            }),
            subjects: || taken(|offer| &mut offer.subjects),
            ..Model::new("model", "")
        }])
    }

    /// Expects a refusal in one line that has every one of these parts.
    #[track_caller]
    fn clashes(self, parts: &[&str]) {
        clashes(self.registered(), parts);
    }

    fn fits(self) {
        self.registered().expect("no clash");
    }
}

#[track_caller]
fn clashes(registry: Result<Registry, Clash>, parts: &[&str]) {
    let clash = registry.expect_err("it is refused").to_string();
    assert_eq!(clash.lines().count(), 1, "{clash}");
    for part in parts.iter().chain(&["expected: "]) {
        assert!(clash.contains(part), "{part} is missing: {clash}");
    }
}

/// So many lines below the place where it stands, as a refusal names a place.
macro_rules! below {
    ($lines:expr) => {
        &format!("tests/check/identity.rs:{}:", line!() + $lines)
    };
}

// ---- Refusals -----------------------------------------------------------------------------------

#[test]
fn nothing_in_the_models_clashes_and_every_model_offers_something() {
    let registry = lastbyte_models::registry().expect("no clash");
    for model in registry.models() {
        let claims = registry.claims().iter().map(Claim::model);
        let compared = registry.comparisons().iter();
        let mut all = claims.chain(compared.map(|one| one.pairs[0][0].model()));
        assert!(all.any(|name| name == model.name), "{}", model.name);
    }
}

#[test]
fn two_models_of_one_name_are_refused() {
    let [first, second] = [below!(1), below!(2)];
    let one = Model::new("model", "one");
    let two = Model::new("model", "two");
    let models = [one, Model::new("between", ""), two];
    clashes(
        Registry::new(models),
        &["two models are called model", first, second],
    );
}

#[test]
fn a_model_cannot_have_every_name() {
    for name in ["", "explore", "a/b"] {
        let place = below!(1);
        let model = Model::new(name, "");
        clashes(Registry::new([model]), &[&format!("{name:?}"), place]);
    }
}

#[test]
fn two_claims_of_one_name_are_refused() {
    let [first, second] = [below!(1), below!(2)];
    let one = claim("claim", [instance("one")]);
    let two = claim("claim", [instance("two")]);
    Offer::claims([one, two]).clashes(&["model/claim", first, second]);
}

/// They are called by one name on the command line.
#[test]
fn a_claim_cannot_have_the_name_of_a_comparison_or_of_a_sweep() {
    let sweep = claim("sweep", [instance("one")]);
    Offer::claims([sweep]).clashes(&["model/sweep"]);
    Offer {
        comparisons: vec![Comparison::new("x", 1, vec![pair("compared")])],
        ..Offer::claims([claim("writer/x", [instance("claimed")])])
    }
    .clashes(&["model/writer/x"]);
}

#[test]
fn two_comparisons_of_one_name_are_refused() {
    let [first, second] = [below!(1), below!(2)];
    let one = Comparison::new("family", 1, vec![pair("one")]);
    let two = Comparison::new("family", 1, vec![pair("two")]);
    Offer::comparisons([one, two]).clashes(&["model/writer/family", first, second]);
}

#[test]
fn two_subjects_of_one_name_are_refused() {
    let named = || NamedSubject {
        name: "writer".to_owned(),
        about: String::new(),
        version: None,
        client_of: None,
        settings: Vec::new(),
        make: Arc::new(|_| Ok(Arc::new(Unknown))),
    };
    let offer = Offer {
        subjects: vec![named(), named()],
        ..Offer::default()
    };
    offer.clashes(&["two subjects are called writer", "tests/check/identity.rs:"]);
}

#[test]
fn an_instance_that_comes_twice_in_one_list_is_refused() {
    let [first, second] = [below!(1), below!(2)];
    let one = instance("x");
    let two = instance("x");
    let parts = ["model/writer/x", first, second];
    let both = || [one.clone(), instance("between"), two.clone()];
    Offer::claims([claim("twice", both())]).clashes(&parts);
    Offer::swept(both()).clashes(&parts);
    // A comparison has its instances in pairs.
    let pairs = vec![pair("one"), pair("one")];
    Offer::comparisons([Comparison::new("twice", 1, pairs)]).clashes(&["model/writer/one"]);
}

#[test]
fn a_claim_or_a_comparison_about_nothing_is_refused() {
    let [first, second] = [below!(1), below!(2)];
    Offer::claims([claim("empty", [])]).clashes(&["model/empty", first, "has no instance"]);
    let empty = Comparison::new("empty", 1, Vec::new());
    Offer::comparisons([empty]).clashes(&["empty", second, "has no instance"]);
}

#[test]
fn a_claim_or_a_side_of_a_comparison_about_two_subjects_is_refused() {
    let [first, second] = [below!(1), below!(2)];
    let one = instance("one");
    let two = instance("two");
    let parts = ["model/claim", "model/writer/one", first, second];
    for other in [
        two.clone().with_subject("other"),
        two.clone().with_version("2"),
    ] {
        Offer::claims([claim("claim", [one.clone(), other.clone()])]).clashes(&parts);
        let model_of = |of: &Instance| of.clone().with_subject("model of it");
        let parts = ["model/writer/x", "two subjects", first, second];
        for pair in [
            [other.clone(), model_of(&two)],
            [two.clone(), other.with_subject("third")],
        ] {
            let pairs = vec![[one.clone(), model_of(&one)], pair];
            Offer::comparisons([Comparison::new("x", 1, pairs)]).clashes(&parts);
        }
    }
}

#[test]
fn parameters_that_do_not_tell_instances_apart_are_refused() {
    let [first, second] = [below!(1), below!(2)];
    let one = instance("one");
    let two = instance("two");
    let parts = [
        "model/hidden",
        "model/writer/one",
        first,
        "model/writer/two",
        second,
    ];
    let same = [one.clone(), two.clone()].map(|one| one.with_parameter("N", 3));
    Offer::claims([claim("hidden", same)]).clashes(&parts);
    // What is absent is told as `none`.
    let same = [
        one.clone()
            .with_parameter("N", 3)
            .with_parameter("fault", "none"),
        two.clone().with_parameter("N", 3),
    ];
    Offer::claims([claim("hidden", same)]).clashes(&parts);
    let apart = [one.with_parameter("N", 3), two.with_parameter("N", 4)];
    Offer::claims([claim("told", apart)]).fits();
}

#[test]
fn a_parameter_cannot_have_every_name() {
    for name in ["", "1", "a=b", "a, b", " a", "a "] {
        let named = instance("x").with_parameter(name, 1);
        Offer::claims([claim("claim", [named])]).clashes(&[&format!("{name:?}"), "model/writer/x"]);
    }
    let twice = instance("x").with_parameter("N", 1).with_parameter("N", 2);
    Offer::claims([claim("claim", [twice])]).clashes(&["\"N\"", "model/writer/x"]);
    for name in ["N", "reset after", "deferred 2"] {
        Offer::claims([claim("claim", [instance("x").with_parameter(name, 1)])]).fits();
    }
}

// ---- One and the same ---------------------------------------------------------------------------

/// A change of one thing that an instance is, and the part of its identity that shows it.
type Change = (&'static str, fn(Instance) -> Instance);

/// Every change that leaves the name as it is.
fn changes() -> Vec<Change> {
    fn with(instance: Instance, change: fn(&mut Scenario)) -> Instance {
        instance.with_scenario(change)
    }
    vec![
        ("version", |one| one.with_version("1.0.0")),
        ("caching", Instance::without_caching),
        ("folding", Instance::with_folded_histories),
        ("fingerprint", |one| {
            Instance::new(
                one.subject(),
                one.scenario().clone(),
                Arc::new(Writer { bytes: 2 }),
            )
        }),
        ("fingerprint", |one| {
            let other = Arc::new(elsewhere::Writer { bytes: 1 });
            Instance::new(one.subject(), one.scenario().clone(), other)
        }),
        ("fingerprint", |one| {
            Instance::new(one.subject(), one.scenario().clone(), Arc::new(Unknown))
        }),
        ("capacity", |one| with(one, |s| s.capacity = 2)),
        ("wakes", |one| with(one, |s| s.wakes = Wakes::Later)),
        ("reader", |one| with(one, |s| s.reader = Reader::slow(1))),
        ("reader", |one| {
            with(one, |s| s.reader.stops_after = Some(0))
        }),
        ("reader", |one| {
            with(one, |s| s.reader.resets_after = Some(0))
        }),
        ("input", |one| with(one, |s| s.input.push("x".into()))),
        ("input_eof", |one| with(one, |s| s.input_eof = true)),
        ("flush", |one| with(one, |s| s.flush = FlushMode::Deferred)),
        ("unread_input", |one| {
            with(one, |s| s.unread_input = UnreadInput::Resets)
        }),
        ("faults", |one| {
            with(one, |s| s.faults.shutdown_error = true)
        }),
        ("scripts", |one| {
            with(one, |s| {
                s.scripts.push(Script::new("x", [ScriptStep::WakeSubject]))
            })
        }),
        ("actors", |one| {
            with(one, |s| s.actors.push(Arc::new(Nobody)))
        }),
        ("peer", |one| with(one, |s| s.peer = Some(Arc::new(Nobody)))),
        ("shutdown", |one| {
            with(one, |s| s.shutdown = ShutdownMode::Deferred)
        }),
        ("input_capacity", |one| {
            with(one, |s| s.input_capacity = Some(64))
        }),
        ("socket", |one| {
            with(one, |s| s.socket = "client".to_owned())
        }),
        ("further", |one| {
            with(one, |s| s.further.push(FurtherSocket::new("server")))
        }),
        ("clock", |one| with(one, |s| s.clock = true)),
        ("feeds", |one| with(one, |s| s.feeds = 1)),
        ("signals", |one| with(one, |s| s.signals = 1)),
        ("ends", |one| with(one, |s| s.ends = Ends::WhenDelivered)),
        ("stops", |one| with(one, |s| s.stops.push(0))),
        ("error_is_proper", |one| {
            with(one, |s| s.error_is_proper = true)
        }),
        ("properties", |one| {
            with(one, |s| s.properties.push(Property::Custom(&NEVER)))
        }),
        ("decorator", |one| {
            with(one, |s| {
                s.decorator = KernelDefect::ShutdownDiscards.planted();
            })
        }),
        ("planted", |one| {
            one.with_planted(ExecutorDefect::FlagNotReset)
        }),
    ]
}

/// The identity, if it left these parts out.
fn without(parts: &[&str]) -> impl Fn(&Instance) -> Identity {
    move |instance| {
        let mut left = instance.parts();
        left.retain(|(name, _)| !parts.contains(name));
        Identity::new(instance.id(), &left)
    }
}

/// The first change that an identity does not show.
fn hidden(identity: impl Fn(&Instance) -> Identity) -> Option<&'static str> {
    let mut seen = BTreeSet::from([identity(&instance("x"))]);
    let mut changes = changes().into_iter();
    let hidden = changes.find(|(_, change)| !seen.insert(identity(&change(instance("x")))));
    hidden.map(|(part, _)| part)
}

/// With one defect at a time, which this test has to notice: every part that the identity could
/// leave out.
#[test]
fn an_identity_shows_every_change() {
    assert_eq!(hidden(Instance::identity), None);
    assert_eq!(hidden(without(&[])), None);
    let parts: BTreeSet<_> = changes().iter().map(|(part, _)| *part).collect();
    for part in &parts {
        assert_eq!(hidden(without(&[part])), Some(*part));
    }
    let mut of_scenario: Vec<_> = parts.iter().copied().collect();
    of_scenario.retain(|part| !["version", "caching", "folding", "fingerprint"].contains(part));
    assert_eq!(hidden(without(&of_scenario)), Some("capacity"));
    // What is left are the names, which stand in the text as well, but not divided.
    let mut all = BTreeSet::from(["subject", "name"]);
    all.extend(&parts);
    let changed = changes().into_iter();
    let changed = changed.flat_map(|(_, change)| change(instance("x")).parts());
    let known: BTreeSet<_> = changed.map(|(part, _)| part).collect();
    assert_eq!(known, all);
    let moved = Instance::new("writer/x", scenario("y"), instance("").run().clone());
    let other = Instance::new("writer", scenario("x/y"), instance("").run().clone());
    assert_eq!(moved.id(), other.id());
    assert_ne!(moved.identity(), other.identity());
}

#[test]
fn two_instances_of_one_name_that_differ_are_refused_with_both_places() {
    for (part, change) in changes() {
        let [first, second] = [below!(1), below!(2)];
        let one = instance("x");
        let two = instance("x");
        // A changed subject is made here.
        let changed = change(two);
        let second = match part {
            "fingerprint" => "tests/check/identity.rs:",
            _ => second,
        };
        let parts = [
            &format!("their {part} differs")[..],
            "model/writer/x",
            first,
            second,
        ];
        let in_claims = |one: &Instance, two: &Instance| {
            Offer::claims([claim("one", [one.clone()]), claim("two", [two.clone()])])
        };
        in_claims(&one, &changed).clashes(&parts);
        Offer {
            swept: vec![changed.clone()],
            ..Offer::claims([claim("one", [one.clone()])])
        }
        .clashes(&parts);
        let compared = [changed.clone(), changed.with_subject("model of it")];
        Offer {
            claims: vec![claim("one", [one.clone()])],
            ..Offer::comparisons([Comparison::new("x", 1, vec![compared])])
        }
        .clashes(&parts);
        // Without the change it is one and the same, which several claims may be about.
        in_claims(&one, &instance("x")).fits();
    }
}

#[test]
fn what_has_no_fingerprint_is_the_same_only_as_the_same_arc() {
    let subject: Arc<dyn Subject> = Arc::new(Unknown);
    let unknown = |subject: &Arc<dyn Subject>| Instance::new("s", scenario("x"), subject.clone());
    let claims = |one, two| Offer::claims([claim("one", [one]), claim("two", [two])]);
    claims(unknown(&subject), unknown(&subject)).fits();
    let other: Arc<dyn Subject> = Arc::new(Unknown);
    let why = "nothing shows that their subjects are the same";
    claims(unknown(&subject), unknown(&other)).clashes(&[why, "model/s/x"]);
    // The digests are equal: they alone would not do.
    assert_eq!(unknown(&subject).identity(), unknown(&other).identity());
}

/// Two that print the same, and do not do the same.
#[derive(Debug)]
struct Around(Hidden);

/// Prints nothing.
struct Hidden(Option<&'static str>);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Ok(())
    }
}

impl Decorator for Around {
    fn around(&self, _: KernelCall, kernel: &mut Kernel, carry_out: &mut dyn FnMut(&mut Kernel)) {
        carry_out(kernel);
    }

    fn fingerprint(&self) -> Option<String> {
        self.0.0.map(str::to_owned)
    }
}

#[test]
fn a_decorator_is_the_same_only_by_its_fingerprint_or_as_the_same_arc() {
    let around = |fingerprint| -> Arc<dyn Decorator> { Arc::new(Around(Hidden(fingerprint))) };
    let decorated = |decorator: &Arc<dyn Decorator>, is_first: bool| {
        instance("x").with_scenario(|scenario| {
            scenario.further.push(FurtherSocket::new("server"));
            match is_first {
                true => scenario.decorator = Some(decorator.clone()),
                false => scenario.further[0].decorator = Some(decorator.clone()),
            }
        })
    };
    for is_first in [true, false] {
        let claims = |one, two| {
            let [one, two] =
                [one, two].map(|decorator: Arc<dyn Decorator>| decorated(&decorator, is_first));
            Offer::claims([claim("one", [one]), claim("two", [two])])
        };
        let unknown = around(None);
        claims(unknown.clone(), unknown.clone()).fits();
        claims(unknown, around(None))
            .clashes(&["nothing shows that their decorators are the same"]);
        let known = around(Some("one"));
        claims(known.clone(), around(Some("one"))).fits();
        claims(known, around(Some("two"))).clashes(&["their decorator differs"]);
    }
}

#[test]
fn an_actor_is_the_same_only_as_the_same_arc() {
    let acting = |actor: &Arc<dyn Actor>, is_peer: bool| {
        instance("x").with_scenario(|scenario| match is_peer {
            true => scenario.peer = Some(actor.clone()),
            false => scenario.actors.push(actor.clone()),
        })
    };
    let nobody = || -> Arc<dyn Actor> { Arc::new(Nobody) };
    let (actor, other) = (nobody(), nobody());
    for is_peer in [true, false] {
        let claims = |one, two| Offer::claims([claim("one", [one]), claim("two", [two])]);
        claims(acting(&actor, is_peer), acting(&actor, is_peer)).fits();
        claims(acting(&actor, is_peer), acting(&other, is_peer))
            .clashes(&["nothing shows that their actors are the same"]);
    }
}

#[test]
fn two_properties_of_one_name_are_refused() {
    static OTHER: Definition = Definition {
        name: "never",
        sentence: "Nothing breaks this.",
        check: |_, _| false,
    };
    static BUILT_IN: Definition = Definition {
        name: "no-stall",
        sentence: "Nothing breaks this.",
        check: |_, _| false,
    };
    let judged = |name, definition| {
        instance(name).with_scenario(|s| s.properties.push(Property::Custom(definition)))
    };
    let claims = |one, two| Offer::claims([claim("one", [one]), claim("two", [two])]);
    claims(judged("x", &NEVER), judged("y", &NEVER)).fits();
    claims(judged("x", &NEVER), judged("y", &OTHER)).clashes(&[
        "two properties are called never",
        "tests/check/identity.rs:",
    ]);
    claims(instance("x"), judged("y", &BUILT_IN))
        .clashes(&["two properties are called no-stall: the built-in one"]);
}

#[test]
fn one_instance_with_two_lists_of_parameters_is_refused() {
    let with = |n: usize| {
        claim(
            &format!("claim {n}"),
            [instance("x").with_parameter("N", n)],
        )
    };
    Offer::claims([with(1), with(2)]).clashes(&["their parameters differ", "model/writer/x"]);
}

// ---- The template -------------------------------------------------------------------------------

/// Its claims with other names.
fn renamed(model: &Model) -> Vec<Claim> {
    let mut claims = (model.claims)();
    for claim in &mut claims {
        claim.name += " of the copy";
    }
    claims
}

#[test]
fn a_copy_of_the_template_that_is_not_renamed_is_refused() {
    let (template, copy) = (template::model(), copied::model());
    let files = [template.place.file(), copy.place.file()];
    assert_ne!(files[0], files[1]);
    clashes(
        Registry::new([template, copy]),
        &["two models are called template", files[0], files[1]],
    );
}

/// Although both files say the same: in a copy that was changed, nobody would notice.
#[test]
fn a_copy_of_the_template_inherits_no_verdict() {
    let offer =
        || Offer::claims([(template::model().claims)(), renamed(&copied::model())].concat());
    let files = [template::model(), copied::model()].map(|model| model.place.file());
    let parts = [
        "model/writes-once/K=8",
        "their fingerprint differs",
        files[0],
        files[1],
    ];
    offer().clashes(&parts);
    let same =
        || Offer::claims([(template::model().claims)(), renamed(&template::model())].concat());
    same().fits();
    // Its model's name is all that has to be another one.
    let renamed = Model {
        name: "copy",
        ..copied::model()
    };
    let registry = Registry::new([template::model(), renamed]).expect("no clash");
    let ids: BTreeSet<_> = registry.claims().iter().map(Claim::identity).collect();
    assert_eq!(ids.len(), 4);
    let instances = registry.claims().iter().flat_map(|claim| &claim.instances);
    let models: BTreeSet<_> = instances.map(|instance| instance.model()).collect();
    assert_eq!(models, BTreeSet::from(["copy", "template"]));
    assert!(registry.instance("copy/writes-once/K=8").is_some());
}

// ---- Processes, slices, recordings --------------------------------------------------------------

/// Whatever the command is, the one of a worker as well: it is not looked at.
#[test]
fn a_program_whose_models_clash_ends_with_2() {
    let clash = Registry::new([Model::new("model", ""), Model::new("model", "")]);
    assert_eq!(lastbyte::cli::main(clash), ExitCode::from(2));
}

/// The template's claims about a writer that is another one.
fn another_template() -> Registry {
    fn claims() -> Vec<Claim> {
        let mut claims = (template::model().claims)();
        for claim in &mut claims {
            let changed = |one: &Instance| {
                let scenario = one.scenario().clone();
                Instance::new(one.subject(), scenario, Arc::new(Writer { bytes: 1 }))
            };
            claim.instances = claim.instances.iter().map(changed).collect();
        }
        claims
    }
    let model = Model {
        claims,
        ..template::model()
    };
    Registry::new([model]).expect("no clash")
}

fn the_template() -> Registry {
    Registry::new([template::model()]).expect("no clash")
}

/// The worker has an instance of that name, but it is another one; and it lives on.
#[cfg(unix)]
#[test]
fn a_worker_explores_nothing_that_it_was_not_ordered() {
    use lastbyte::check::runner::{Meter, Pool, SILENCE, Unit};

    let (ours, other) = (the_template(), another_template());
    let unknown = registry_of_a_name_that_no_worker_has();
    let units = |registry: &Registry| Unit::all(&Selection::all(registry));
    let all = [units(&other), units(&unknown), units(&ours)].concat();
    let pool = Pool {
        program: env!("CARGO_BIN_EXE_verify").into(),
        jobs: 1,
        deadline: None,
        silence: SILENCE,
        steps: None,
    };
    let explored = pool
        .explore(&all, &Meter::default())
        .expect("it can be started");
    assert_eq!(explored.instances.len(), all.len());
    for claim in other.claims() {
        let mut explorations = Vec::new();
        for instance in &claim.instances {
            let ordered = instance.identity();
            let known = ours
                .instance(&ordered.text)
                .expect("both have it")
                .identity();
            let exploration = &explored.instances[&ordered];
            let Some(Inconclusive::Unknown(why)) = &exploration.inconclusive else {
                panic!("{ordered}: {:?}", exploration.inconclusive);
            };
            for identity in [&ordered, &known] {
                assert!(why.contains(&identity.in_full()), "{why}");
            }
            assert_eq!(why.lines().count(), 1);
            explorations.push(exploration);
        }
        let row = Row::new(claim, &explorations);
        assert!(!row.holds, "{row:?}");
        assert!(
            row.verdict.to_string().contains("was ordered"),
            "{}",
            row.verdict
        );
    }
    let nowhere = unknown.claims()[0].instances[0].identity();
    let why = explored.instances[&nowhere]
        .inconclusive
        .clone()
        .expect("nothing is explored");
    assert!(why.to_string().contains("nothing of that name"), "{why}");
    for instance in ours.claims().iter().flat_map(|claim| &claim.instances) {
        assert_eq!(explored.instances[&instance.identity()].inconclusive, None);
    }
}

#[cfg(unix)]
fn registry_of_a_name_that_no_worker_has() -> Registry {
    Offer::claims([claim("claim", [instance("x")])])
        .registered()
        .expect("no clash")
}

/// A worker that answers about something else has explored nothing that was asked for.
#[cfg(unix)]
#[test]
fn an_answer_about_something_else_is_none() {
    use std::os::unix::fs::PermissionsExt;

    use lastbyte::check::runner::{Meter, Pool, SILENCE, Unit};

    let [ordered, other] = ["K=1", "K=2"].map(|name| {
        let registry = the_template();
        registry
            .instance(&format!("template/writes-once/{name}"))
            .expect(name)
            .clone()
    });
    let exploration = Exploration {
        inconclusive: None,
        ..Exploration::missing(Inconclusive::Time)
    };
    let answered = |id: &Identity| {
        let answer = serde_json::json!({
            "explored": {"id": id, "exploration": exploration, "swept": null}
        });
        let script = format!("#!/bin/sh\nread order\necho '{answer}'\nread order\n");
        let script = Scratch::new("worker", script);
        let executable = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(script.path(), executable).expect("scratch");
        let pool = Pool {
            program: script.path().into(),
            jobs: 1,
            deadline: None,
            silence: SILENCE,
            steps: None,
        };
        let units = [Unit::Instance(Box::new(ordered.clone()))];
        let explored = pool
            .explore(&units, &Meter::default())
            .expect("it can be started");
        explored.instances[&ordered.identity()].inconclusive.clone()
    };
    assert_eq!(answered(&ordered.identity()), None);
    let Some(Inconclusive::Crashed(why)) = answered(&other.identity()) else {
        panic!("it was believed");
    };
    for identity in [ordered.identity(), other.identity()] {
        assert!(why.contains(&identity.in_full()), "{why}");
    }
}

/// Two slices of two, as `--format json` prints them, of a run in which everything is as declared.
fn slices(registry: &Registry) -> [Results; 2] {
    let all = Selection::all(registry);
    [1, 2].map(|index| {
        let slice = all.clone().slice(index, 2);
        let rows = slice.claims.iter().map(|claim| {
            let exploration = Exploration {
                inconclusive: None,
                ..Exploration::missing(Inconclusive::Time)
            };
            Row::new(claim, &vec![&exploration; claim.instances.len()])
        });
        Results {
            shard: Some((index, 2)),
            selected: all.claims.len(),
            not_selected: all.claims.len() - slice.claims.len(),
            identities: all.identities(),
            rows: rows.collect(),
            ..Results::none()
        }
    })
}

fn merge(slices: &[&Results]) -> Vec<Scratch> {
    let json = |slice: &&Results| serde_json::to_string(slice).expect("plain data");
    let files = slices
        .iter()
        .map(|slice| Scratch::new("slice", json(slice)));
    files.collect()
}

#[test]
fn slices_of_two_runs_are_not_joined() {
    let ([first, second], [other_first, other_second]) =
        (slices(&the_template()), slices(&another_template()));
    let files = merge(&[&first, &second]);
    let words = ["merge", files[0].path(), files[1].path()];
    // One claim is expected to be refuted, and nothing was explored.
    assert_eq!(crate::program::verify(&words).status.code(), Some(1));
    for [one, two] in [[&first, &other_second], [&other_first, &second]] {
        let files = merge(&[one, two]);
        let ids = [one, two].map(|slice| {
            let mut ids = slice.identities.clone();
            ids.sort();
            ids[0].in_full()
        });
        assert_ne!(ids[0], ids[1]);
        refused(
            &["merge", files[0].path(), files[1].path()],
            &[
                "slice 1 holds",
                &ids[0],
                "slice 2 holds",
                &ids[1],
                "expected:",
            ],
        );
    }
    // A row that is not of its own run, and runs of which one knows more.
    let mut strange = second.clone();
    strange.rows.clone_from(&other_second.rows);
    let mut less = second.clone();
    less.identities.pop();
    let mut more = second.clone();
    more.identities.push(Identity::new("template/more", &[]));
    for (slice, why) in [
        (
            strange,
            "which is not among the instances that it was made from",
        ),
        (less, ", and slice 2 does not"),
        (more, "slice 2 has template/more"),
    ] {
        let files = merge(&[&first, &slice]);
        refused(
            &["merge", files[0].path(), files[1].path()],
            &[why, "expected:"],
        );
    }
}

#[test]
fn a_claim_has_another_identity_when_it_claims_something_else() {
    let of = |claim: Claim| {
        let registry = Offer::claims([claim]).registered().expect("no clash");
        registry.claims()[0].identity()
    };
    let claimed = |property, expected, name: &str| {
        of(Claim::new(
            "claim",
            "",
            property,
            expected,
            [instance(name)],
        ))
    };
    let all = BTreeSet::from([
        claimed(Property::NoStall, Expected::Proved, "x"),
        claimed(Property::NoSpin, Expected::Proved, "x"),
        claimed(Property::NoStall, Expected::Refuted, "x"),
        claimed(Property::NoStall, Expected::Proved, "y"),
        of(claim("claim", [instance("x"), instance("y")])),
    ]);
    assert_eq!(all.len(), 5, "{all:?}");
    assert!(all.iter().all(|id| id.text == "model/claim"));
}

#[test]
fn a_comparison_has_another_identity_when_it_compares_something_else() {
    let of = |comparison: Comparison| {
        let registry = Offer::comparisons([comparison])
            .registered()
            .expect("no clash");
        registry.comparisons()[0].identity()
    };
    let named = lastbyte::check::Deviation {
        name: "deviation",
        why: "",
        leave_out: |_| false,
    };
    let compared = |executions, name: &str| Comparison::new("x", executions, vec![pair(name)]);
    let all = BTreeSet::from([
        of(compared(1, "x")),
        of(compared(2, "x")),
        of(compared(1, "y")),
        of(Comparison {
            deviation: Some(named),
            ..compared(1, "x")
        }),
    ]);
    assert_eq!(all.len(), 4, "{all:?}");
    assert!(all.iter().all(|id| id.text == "model/writer/x"));
}

#[test]
fn a_recording_is_of_one_instance_and_of_no_other_of_its_name() {
    let path = "../tests/recordings/shutdown_ordering-original-loses.json";
    let recording = Recording::read(path.as_ref()).expect("it was written by --save");
    let registry = lastbyte_models::registry().expect("no clash");
    let instance = recording.instance(&registry).expect("it is there");
    assert_eq!(instance.identity(), recording.instance);
    let mut other = recording.clone();
    other.instance.digest = "0".repeat(16);
    let refused = other
        .instance(&registry)
        .expect_err("another one")
        .to_string();
    for identity in [&recording.instance, &other.instance] {
        assert!(refused.contains(&identity.in_full()), "{refused}");
    }
    assert!(refused.contains("expected:"), "{refused}");
}
