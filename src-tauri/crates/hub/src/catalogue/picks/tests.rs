//! What is recommended to machines of every size.

use std::collections::HashSet;

use super::*;

/// What a machine of so many GB leaves to a model while a person works on it.
fn machine(gb: u64, bandwidth_gb_s: Option<f64>) -> Machine {
    let memory_bytes = gb << 30;
    Machine { memory_bytes, budget_bytes: (memory_bytes / 10 * 7).saturating_sub(512 << 20), bandwidth_gb_s }
}

const SIZES: [u64; 6] = [4, 8, 16, 32, 64, 128];

const SPEEDS: [Option<f64>; 5] = [None, Some(12.0), Some(40.0), Some(100.0), Some(800.0)];

fn every_machine() -> impl Iterator<Item = Machine> {
    SIZES.into_iter().flat_map(|gb| SPEEDS.into_iter().map(move |speed| machine(gb, speed)))
}

#[test]
fn three_different_models_are_offered_from_small_to_best() {
    for machine in every_machine() {
        let picks = first_start(&machine);
        let classes: Vec<Class> = picks.iter().map(|pick| pick.class).collect();
        assert_eq!(classes, [Class::Small, Class::Balanced, Class::Best], "{machine:?}: {picks:#?}");
        let models: HashSet<_> = picks.iter().map(|pick| (&pick.entry.family, pick.entry.parameters)).collect();
        assert_eq!(models.len(), 3, "{machine:?}");
        assert!(picks.windows(2).all(|pair| pair[0].needs_bytes < pair[1].needs_bytes), "{machine:?}: {picks:#?}");
    }
}

#[test]
fn nothing_recommended_exceeds_the_budget() {
    for machine in every_machine() {
        for pick in first_start(&machine) {
            assert!(pick.fits && pick.needs_bytes <= machine.budget_bytes, "{machine:?}: {pick:#?}");
            assert!(pick.bytes < pick.needs_bytes, "weights are not all that a model needs");
        }
    }
}

#[test]
fn more_memory_never_brings_a_worse_best() {
    for speed in SPEEDS {
        let best: Vec<u8> =
            SIZES.iter().filter_map(|gb| first_start(&machine(*gb, speed)).last().map(|p| p.entry.quality)).collect();
        assert!(best.is_sorted(), "{speed:?}: {best:?}");
    }
}

#[test]
fn machines_of_every_size_get_what_suits_them() {
    let names = |gb, speed| -> Vec<&str> {
        first_start(&machine(gb, speed)).iter().map(|pick| pick.entry.name.as_str()).collect()
    };
    assert!(names(8, None).last().is_some_and(|name| name.contains("4B")), "{:?}", names(8, None));
    assert!(names(16, None).contains(&"Qwen3 4B Instruct 2507"), "{:?}", names(16, None));
    assert_eq!(
        names(32, None).last(),
        Some(&"gpt-oss 20B"),
        "few parameters are read at a time, and there is room beside it"
    );
    assert_eq!(names(128, Some(400.0)).last(), Some(&"gpt-oss 120B"));
}

#[test]
fn slow_memory_brings_smaller_models() {
    let balanced = |speed| first_start(&machine(16, Some(speed)))[1].clone();
    assert!(balanced(10.0).bytes < balanced(200.0).bytes);
    let small = &first_start(&machine(64, Some(25.0)))[0];
    assert!(small.speed.1 >= QUICK, "{small:#?}");
}

#[test]
fn a_first_model_is_for_conversation_and_for_everyone() {
    for machine in every_machine() {
        for pick in first_start(&machine) {
            assert!(pick.entry.is_good_at(Strength::Chat), "{}", pick.entry.name);
            assert!(!["mrl", "qwen-research"].contains(&pick.entry.licence.as_str()), "{}", pick.entry.name);
        }
    }
}

#[test]
fn tiny_machines_get_fewer_or_none() {
    let tiny = |mb: u64| Machine { memory_bytes: 2 << 30, budget_bytes: mb << 20, bandwidth_gb_s: None };
    assert_eq!(first_start(&tiny(0)), []);
    assert_eq!(first_start(&tiny(400)), []);
    let counts: Vec<usize> = (0..60).map(|step| first_start(&tiny(step * 50)).len()).collect();
    assert!(counts.contains(&1) && counts.last() == Some(&3), "{counts:?}");
    let one = (0..60).map(|step| first_start(&tiny(step * 50))).find(|picks| picks.len() == 1).expect("a single pick");
    assert_eq!(one[0].class, Class::Balanced);
}

#[test]
fn the_list_has_every_model_and_those_that_fit_come_first() {
    for machine in every_machine() {
        let picks = rank(&machine);
        assert_eq!(picks.len(), catalogue().len());
        assert!(picks.is_sorted_by_key(|pick| !pick.fits), "{machine:?}");
        assert!(picks.iter().all(|pick| pick.fits == (pick.needs_bytes <= machine.budget_bytes)));
        let beyond: Vec<u64> = picks.iter().filter(|pick| !pick.fits).map(|pick| pick.needs_bytes).collect();
        assert!(beyond.is_sorted(), "the nearest miss comes first");
    }
}

#[test]
fn a_fast_roomy_machine_gets_finer_quantisations() {
    let of = |machine: &Machine| {
        let picks = rank(machine);
        picks.into_iter().find(|pick| pick.entry.name == "Qwen3 8B").map(|pick| (pick.fits, pick.quantisation))
    };
    assert_eq!(of(&machine(16, None)), Some((true, "Q4_K_M")));
    assert_eq!(of(&machine(64, Some(400.0))), Some((true, "Q8_0")));
    assert_eq!(of(&machine(4, None)), Some((false, "Q4_K_M")), "the smallest file is named where none fits");
}

#[test]
fn reasons_are_plain_sentences() {
    let measured = first_start(&machine(16, Some(40.0)));
    assert!(measured[0].reason.starts_with("Small and quick: "), "{}", measured[0].reason);
    assert!(measured[1].reason.starts_with("The best all-round choice for this machine: "), "{}", measured[1].reason);
    assert!(!measured[1].reason.contains("perhaps"), "it was measured");
    assert!(first_start(&machine(16, None))[1].reason.contains("perhaps "), "it was assumed");
    assert!(first_start(&machine(16, None))[2].reason.contains("but slowly"), "8B from slow memory");
    assert!(!first_start(&machine(16, Some(800.0)))[2].reason.contains("slowly"));
    for pick in rank(&machine(16, None)) {
        assert!(pick.reason.ends_with('.') && pick.reason.contains(if pick.fits { "tok/s" } else { "GB" }));
    }
}

#[test]
fn speeds_are_told_in_whole_tokens() {
    let known = machine(16, Some(40.0));
    assert_eq!(speed_words((9.2, 11.7), &known), "9–12 tok/s");
    assert_eq!(speed_words((0.4, 0.6), &known), "less than 1 tok/s");
    assert_eq!(speed_words((0.8, 1.0), &known), "1 tok/s");
    assert_eq!(speed_words((9.2, 11.7), &machine(16, None)), "perhaps 9–12 tok/s");
}

#[test]
fn a_measurement_that_is_none_is_not_believed() {
    for odd in [f64::NAN, f64::INFINITY, 0.0, -4.0] {
        assert_eq!(first_start(&machine(16, Some(odd))), first_start(&machine(16, None)), "{odd}");
    }
}

/// For whoever changes the judgement: `cargo test -p inglenook-hub --lib offers -- --ignored --nocapture`.
#[test]
#[ignore = "prints what would be offered"]
fn offers_on_machines_of_every_size() {
    for machine in every_machine() {
        eprintln!("{} GB, {:?} GB/s", machine.memory_bytes >> 30, machine.bandwidth_gb_s);
        for pick in first_start(&machine) {
            eprintln!(
                "  {:<28} {:<7} {}  {}",
                pick.entry.name,
                pick.quantisation,
                memory_words(pick.needs_bytes),
                pick.reason
            );
        }
    }
}
