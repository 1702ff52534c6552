use super::*;

#[test]
fn a_wrapped_command_is_the_same_for_a_shell() {
    let command = "cargo verify explore --request 'my own/body ignored.http' --capacity 64 \
                   --reader slow:1 --save . ; cargo verify replay lost-bytes.json";
    for width in [72, 80, 100, 160] {
        let lines = wrap_command(command, width, 18);
        assert!(lines.iter().all(|line| line.len() <= width), "{lines:?}");
        let joined = lines.join("\n").replace("\\\n", "");
        assert_eq!(shlex::split(&joined), shlex::split(command), "{lines:?}");
    }
}

#[test]
fn a_command_is_wrapped_where_it_has_to_be() {
    let command = "verify --only 'a b' --save here";
    assert_eq!(wrap_command(command, 39, 8), [command]);
    // The label takes room, and so does the backslash.
    for width in 36..39 {
        assert_eq!(
            wrap_command(command, width, 8),
            ["verify --only 'a b' --save \\", "  here"]
        );
    }
    assert_eq!(
        wrap_command(command, 35, 8),
        ["verify --only 'a b' \\", "  --save here"]
    );
}

#[test]
fn a_command_is_never_broken_inside_quotes() {
    let quoted = ["'one \"two three'", "\"four 'five six\""];
    let command = format!("verify {} --only {} --save .", quoted[0], quoted[1]);
    for width in 10..60 {
        let lines = wrap_command(&command, width, 0);
        for word in quoted {
            assert!(lines.iter().any(|line| line.contains(word)), "{lines:?}");
        }
        // Neither is the rest kept whole for their sake.
        let longest = lines.iter().map(String::len).max();
        assert!(longest <= Some(width.max(21)), "{lines:?}");
    }
}

#[test]
fn a_long_command_stands_below_its_label_with_the_others() {
    let replay = "cargo verify --only ordering/original/loses --save . ; \
                  cargo verify replay ordering-original-loses.json";
    let caption = Caption {
        property: crate::trace::property::Property::NoPanic,
        replay,
    };
    let options = Options {
        width: 80,
        colour: false,
        caption,
    };
    let closing = parts(&Trace::default(), options).closing;
    assert_eq!(
        closing.lines().skip(2).collect::<Vec<_>>(),
        [
            "replay:           cargo verify --only ordering/original/loses --save . ; cargo \\",
            "  verify replay ordering-original-loses.json",
        ]
    );
}

#[test]
fn a_bar_is_empty_only_at_0_and_full_only_at_the_most() {
    for (level, full, filled) in [
        (0, 0, 0),
        (0, 9, 0),
        (1, 9_999, 1),
        (4, 9, 2),
        (5, 9, 3),
        (9_998, 9_999, 5),
        (9_999, 9_999, 6),
        (9, 3, 6),
        (usize::MAX / 2, usize::MAX, 2),
    ] {
        let bar = bar(level, full);
        assert_eq!(bar.matches('█').count(), filled, "{level} of {full}");
        assert_eq!(bar.chars().count(), BAR, "{bar}");
    }
}

#[test]
fn large_levels_are_short() {
    for (level, text) in [
        (9_999_999, "9999999"),
        (99_999_999, "99999999"),
        (100_000_000, "100M"),
        (9_999_999_999_999, "9999999M"),
        (10_000_000_000_000, "10T"),
        (9_999_999_999_999_999_999, "9999999T"),
        (usize::MAX, "18E"),
    ] {
        assert_eq!(short(level), text);
    }
}

#[test]
fn an_arrow_has_its_number_as_long_as_it_fits() {
    assert_eq!(arrow("", '╳'), " ─────╳ ");
    assert_eq!(arrow("2", '▸'), " ──2──▸ ");
    assert_eq!(arrow("2000", '▸'), " 2000─▸ ");
    assert_eq!(arrow("20000", '▸'), " ─────▸ ");
}
