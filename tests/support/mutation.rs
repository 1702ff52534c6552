//! Input that was valid once.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

/// Any text, also such that acts on a terminal or a document.
pub fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(crate::fixtures::HOSTILE.to_owned()),
        Just("x".repeat(5_000)),
        any::<String>(),
    ]
}

/// The bytes with some of them cut off, changed, put in or repeated.
pub fn bytes(original: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<prop::sample::Index>(), 0..5u8, any::<u8>());
    prop::collection::vec(change, 1..4).prop_map(move |changes| {
        let mut bytes = original.clone();
        for (place, kind, byte) in changes {
            let at = place.index(bytes.len() + 1);
            match kind {
                0 => bytes.truncate(at),
                1 => bytes.insert(at, byte),
                2 if at < bytes.len() => bytes[at] = byte,
                3 if at < bytes.len() => bytes[at] ^= 1 << (byte % 8),
                _ => {
                    let repeated = bytes[at..].iter().copied().take(byte.into());
                    let repeated: Vec<_> = repeated.collect();
                    bytes.splice(at..at, repeated);
                }
            }
        }
        bytes
    })
}

/// A JSON document, and what became of it: its bytes changed, or its fields.
pub fn document(original: &str) -> impl Strategy<Value = (String, Vec<u8>)> + use<> {
    let original = original.to_owned();
    let value: Value = serde_json::from_str(&original).expect("the original is valid");
    let broken = bytes(original.clone().into_bytes());
    let index = any::<prop::sample::Index>;
    let changes = prop::collection::vec((index(), index(), change()), 1..3);
    let changed = changes.prop_map(move |changes| {
        let mut value = value.clone();
        for (field, which, change) in changes {
            let mut all = pointers(&value);
            if let Change::Number(_) = change {
                all.retain(|place| value.pointer(place).is_some_and(Value::is_number));
            }
            let fields = by_field(all);
            if !fields.is_empty() {
                let places = &fields[field.index(fields.len())];
                apply(&mut value, &places[which.index(places.len())], change);
            }
        }
        serde_json::to_vec(&value).expect("values are representable")
    });
    prop_oneof![1 => broken, 3 => changed].prop_map(move |mutated| (original.clone(), mutated))
}

#[derive(Clone, Debug)]
enum Change {
    Remove,
    Repeat,
    Replace(Value),
    /// Instead of another number.
    Number(u64),
}

fn change() -> impl Strategy<Value = Change> {
    let numbers = [
        0,
        1,
        2,
        7,
        1 << 32,
        1 << 53,
        1 << 63,
        u64::MAX - 1,
        u64::MAX,
    ];
    let others = [
        json!(null),
        json!(true),
        json!(-1),
        json!(0.5),
        json!(1e308),
        json!([]),
        json!({}),
        json!([[[[]]]]),
        json!("no-panic"),
        json!("refuted"),
    ];
    prop_oneof![
        1 => Just(Change::Remove),
        1 => Just(Change::Repeat),
        1 => prop::sample::select(numbers.to_vec()).prop_map(|n| Change::Replace(json!(n))),
        3 => prop::sample::select(numbers.to_vec()).prop_map(Change::Number),
        2 => prop::sample::select(others.to_vec()).prop_map(Change::Replace),
        1 => text().prop_map(|text| Change::Replace(json!(text))),
    ]
}

/// Where a document has values, as JSON pointers.
fn pointers(value: &Value) -> Vec<String> {
    fn collect(value: &Value, here: &str, all: &mut Vec<String>) {
        all.push(here.to_owned());
        match value {
            Value::Array(items) => {
                for (i, item) in items.iter().enumerate() {
                    collect(item, &format!("{here}/{i}"), all);
                }
            }
            Value::Object(fields) => {
                for (name, field) in fields {
                    let name = name.replace('~', "~0").replace('/', "~1");
                    collect(field, &format!("{here}/{name}"), all);
                }
            }
            _ => {}
        }
    }
    let mut all = Vec::new();
    collect(value, "", &mut all);
    all
}

/// The places of each field together: a field that is there once is changed as often as one that
/// is there a hundred times.
fn by_field(places: Vec<String>) -> Vec<Vec<String>> {
    let mut fields = BTreeMap::<_, Vec<_>>::new();
    for place in places {
        let names: Vec<_> = place
            .split('/')
            .filter(|name| name.parse::<usize>().is_err())
            .map(str::to_owned)
            .collect();
        fields.entry(names).or_default().push(place);
    }
    fields.into_values().collect()
}

fn apply(document: &mut Value, pointer: &str, change: Change) {
    let Some((parent, name)) = pointer.rsplit_once('/') else {
        // The document itself is in nothing that it could be removed from.
        match change {
            Change::Replace(value) => *document = value,
            Change::Number(number) => *document = json!(number),
            Change::Remove | Change::Repeat => {}
        }
        return;
    };
    match (change, document.pointer_mut(parent)) {
        (Change::Remove, Some(Value::Object(fields))) => {
            fields.remove(&name.replace("~1", "/").replace("~0", "~"));
        }
        (Change::Remove, Some(Value::Array(items))) => {
            items.remove(name.parse().expect("an index"));
        }
        (Change::Repeat, Some(Value::Array(items))) => {
            let at: usize = name.parse().expect("an index");
            items.insert(at, items[at].clone());
        }
        (Change::Replace(value), _) => {
            *document.pointer_mut(pointer).expect("it is there") = value;
        }
        (Change::Number(number), _) => {
            *document.pointer_mut(pointer).expect("it is there") = json!(number);
        }
        _ => {}
    }
}
