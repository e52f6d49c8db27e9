//! The estimate against headers of well-known models, whose numbers `tools/header_fixtures.py` computed by itself from
//! how each model is built.

mod support;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;

use inglenook_contract::KvCache;
use inglenook_hub::EngineKind;
use inglenook_hub::fit::{
    Correction, KvType, Pair, Plan, Repacking, Sizes, Verdict, budget, longest_context, need, speed, verdict,
};
use inglenook_hub::header::Group;
use inglenook_hub::header::gguf::GgufHeader;
use inglenook_hub::header::safetensors::SafetensorsHeader;
use proptest::prelude::*;
use serde::Deserialize;

const GIB: u64 = 1 << 30;

#[derive(Debug, Deserialize)]
struct Expected {
    architecture: String,
    header_bytes: u64,
    file_bytes: u64,
    vocabulary: u32,
    blocks: usize,
    with_cache: usize,
    with_window: usize,
    with_state: usize,
    experts: (u32, u32),
    weights_bytes: BTreeMap<String, u64>,
    repacked_bytes_avx2: u64,
    conversations: u32,
    kv_f16_bytes: u64,
    kv_q8_0_bytes: u64,
    kv_f16_cut_bytes: u64,
    state_bytes: u64,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/headers")
}

fn all() -> BTreeMap<String, Expected> {
    let text = std::fs::read_to_string(folder().join("expected.json")).expect("there");
    serde_json::from_str(&text).expect("understood")
}

fn header(name: &str, file_bytes: u64) -> GgufHeader {
    let file = File::open(folder().join(format!("{name}.gguf"))).expect("there");
    GgufHeader::read_from(file, file_bytes).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn model(name: &str) -> Sizes {
    let expected = all();
    Sizes::from(&header(name, expected.get(name).expect("a fixture").file_bytes))
}

fn llamacpp(sizes: &Sizes, context: u32) -> Plan {
    Plan { repacking: Repacking::Avx2, ..Plan::usual(EngineKind::LlamaCpp, sizes, Some(context), None) }
}

#[test]
fn every_header_gives_the_numbers_that_were_computed_apart() {
    let all = all();
    assert!(all.len() >= 20, "{} headers", all.len());
    for (name, expected) in &all {
        let header = header(name, expected.file_bytes);
        assert_eq!(header.header_bytes, expected.header_bytes, "{name}: where the weights begin");
        let sizes = Sizes::from(&header);
        let layers = &sizes.layers;
        assert_eq!(sizes.architecture, expected.architecture);
        assert_eq!(layers.vocabulary, expected.vocabulary, "{name}");
        let count = |of: fn(&inglenook_hub::header::Block) -> bool| layers.blocks.iter().filter(|one| of(one)).count();
        assert_eq!(layers.blocks.len(), expected.blocks, "{name}: blocks");
        assert_eq!(count(|block| block.keys > 0), expected.with_cache, "{name}: blocks with a cache");
        assert_eq!(count(|block| block.window_tokens.is_some()), expected.with_window, "{name}: with a window");
        assert_eq!(count(|block| block.state > 0), expected.with_state, "{name}: with a state");
        assert_eq!((layers.experts, layers.experts_used), expected.experts, "{name}: experts");
        for (group, of) in [
            ("embeddings", Group::Embeddings),
            ("output", Group::Output),
            ("experts", Group::Experts),
            ("blocks", Group::Blocks),
        ] {
            assert_eq!(Some(&sizes.group_bytes(of)), expected.weights_bytes.get(group), "{name}: {group}");
        }
        memory_is_as_computed(name, &sizes, expected);
    }
}

fn memory_is_as_computed(name: &str, sizes: &Sizes, expected: &Expected) {
    let plan = Plan { context: 8192, ..llamacpp(sizes, 8192) };
    assert_eq!(plan.parallel, expected.conversations, "{name}: conversations");
    let parts = need(sizes, &plan).parts;
    assert_eq!(parts.kv, expected.kv_f16_bytes, "{name}: the cache in F16");
    assert_eq!(parts.recurrent, expected.state_bytes, "{name}: states");
    assert_eq!(parts.repacked, expected.repacked_bytes_avx2, "{name}: repacked");
    assert_eq!(parts.weights, expected.weights_bytes.values().sum::<u64>(), "{name}: weights");
    let quantised = Plan { kv: KvType::Q8_0, ..plan };
    assert_eq!(need(sizes, &quantised).parts.kv, expected.kv_q8_0_bytes, "{name}: the cache in Q8_0");
    let cut = Plan { whole_windows: false, parallel: 1, ..plan };
    assert_eq!(need(sizes, &cut).parts.kv, expected.kv_f16_cut_bytes, "{name}: the cache cut to the windows");
}

#[test]
fn the_real_models_of_the_repository_are_estimated_too() {
    let gguf = Sizes::from(&GgufHeader::read(&support::pocket_q8()).expect("whole"));
    let folder = Sizes::from(&SafetensorsHeader::read(&support::pocket_safetensors()).expect("whole"));
    assert_eq!(gguf.layers.blocks.len(), 6);
    assert_eq!(gguf.layers.blocks, folder.layers.blocks, "both formats describe the same model");
    assert_eq!(gguf.layers.vocabulary, folder.layers.vocabulary);
    assert_eq!(folder.unpacked_bytes, 5_509_120 * 4, "a processor computes with 32 bits");
    // 6 blocks × 2 heads × (64 + 64) numbers, 2,048 tokens.
    let kv = |sizes: &Sizes, engine| need(sizes, &Plan::usual(engine, sizes, None, None)).parts.kv;
    assert_eq!(kv(&gguf, EngineKind::LlamaCpp), 6 * 2 * 128 * 2 * 2048);
    assert_eq!(kv(&folder, EngineKind::MistralRs), 2 * 6 * 2 * 128 * 4 * 2048, "the cache and a copy of it");
}

#[test]
fn shorter_heads_where_there_is_a_window_count_as_such() {
    let sizes = model("gemma4-build");
    let numbers: Vec<u32> = sizes.layers.blocks.iter().map(|block| block.keys).take(5).collect();
    assert_eq!(numbers, [256, 256, 256, 256, 512]);
}

#[test]
fn mistral_rs_unpacks_the_table_of_embeddings() {
    let sizes = model("llama-3.1-8b");
    let plan = Plan::usual(EngineKind::MistralRs, &sizes, Some(4096), None);
    let parts = need(&sizes, &plan).parts;
    assert_eq!(
        parts.weights,
        sizes.weights_bytes() - sizes.group_bytes(Group::Embeddings) + 128_256 * 4096 * 4,
        "the packed table is let go where another layer is the last"
    );
    assert_eq!(parts.repacked, 0);
    let tied = model("qwen3-0.6b-q8_0");
    let parts = need(&tied, &Plan::usual(EngineKind::MistralRs, &tied, Some(4096), None)).parts;
    assert_eq!(parts.weights, tied.weights_bytes() + 151_936 * 1024 * 4, "and kept where it is the last layer");
}

#[test]
fn a_sibling_file_is_estimated_by_its_length() {
    let known = model("llama-3.1-8b");
    let q8_0 = known.with_file_bytes(8_540_775_392);
    let plan = llamacpp(&q8_0, 8192);
    let parts = need(&q8_0, &plan).parts;
    assert_eq!(parts.weights, 8_540_775_392 - known.header_bytes);
    assert_eq!(parts.repacked, 0, "eight bits are not kept twice on x86");
    assert_eq!(parts.kv, need(&known, &plan).parts.kv, "the cache is the same");
    let named = known.with_quantisation(known.file_bytes, "Q4_K_M");
    let (said, guessed) = (need(&known, &plan), need(&named, &plan));
    let off = guessed.resident_bytes.abs_diff(said.resident_bytes);
    assert!(off * 20 < said.resident_bytes, "the name is worth as much as the header: {said:?}, {guessed:?}");
    let unnamed = known.with_file_bytes(known.file_bytes);
    assert!(need(&unnamed, &plan).resident_bytes >= said.resident_bytes, "a guess is on the high side");
}

#[test]
fn parts_of_a_model_add_up() {
    let expected = all().remove("llama-3.1-8b").expect("a fixture");
    let first = header("llama-3.1-8b", expected.file_bytes);
    let second = GgufHeader { layers: Default::default(), ..first.clone() };
    let whole = Sizes::of_parts([&first, &second]).expect("two parts");
    assert_eq!(whole.weights_bytes(), Sizes::from(&first).weights_bytes() * 2);
    assert_eq!(whole.layers, first.layers);
    assert_eq!(Sizes::of_parts([]), None);
    let announced = Sizes::from(&first).with_all_parts(expected.file_bytes * 3);
    assert_eq!(announced.file_bytes, expected.file_bytes * 3);
    assert!(announced.weights_bytes().abs_diff(whole.weights_bytes() / 2 * 3) < expected.file_bytes / 100);
}

#[test]
fn the_budget_leaves_room() {
    assert_eq!(budget(8 * GIB, 0), 8 * GIB - GIB / 2);
    assert_eq!(budget(4 * GIB, 4 * GIB), 8 * GIB - GIB / 2, "what the other model returns counts");
    assert_eq!(budget(100 * GIB, 0), 98 * GIB);
    assert_eq!(budget(GIB / 4, 0), 0);
}

#[test]
fn the_verdict_follows_the_budget() {
    let sizes = model("llama-3.1-8b");
    let plan = llamacpp(&sizes, 8192);
    let of = |budget| verdict(&sizes, &plan, budget, 8192, None, None);
    assert_eq!(of(64 * GIB), Verdict::Fits);
    assert_eq!(of(4 * GIB), Verdict::DoesNotFit, "the weights alone are 4.6 GB");
    let exact = need(&sizes, &plan).resident_bytes;
    let Verdict::FitsUpTo(tokens) = of(exact - GIB / 4) else { panic!("a shorter context fits: {:?}", of(exact)) };
    assert!(tokens % 256 == 0 && tokens < 8192, "{tokens}");
    assert_eq!(verdict(&sizes, &plan, exact - GIB / 4, tokens, None, None), Verdict::Fits);
    assert_eq!(verdict(&sizes, &plan, 64 * GIB, 8192, None, Some("No.")), Verdict::NoEngine("No.".to_owned()));
    let absurd = verdict(&sizes, &plan, 4096 * GIB, u32::MAX, None, None);
    assert_eq!(absurd, Verdict::Fits, "nobody gets more than the model was trained for");
}

#[test]
fn a_graphics_card_takes_what_it_can() {
    let sizes = model("llama-3.1-8b");
    let with = |card: u64| Plan { card_bytes: Some(card), repacking: Repacking::None, ..llamacpp(&sizes, 8192) };
    let of = |card, budget| verdict(&sizes, &with(card), budget, 8192, None, None);
    assert_eq!(of(12 * GIB, GIB), Verdict::Fits);
    assert_eq!(of(4 * GIB, 16 * GIB), Verdict::PartlyOnCpu);
    assert_eq!(of(2 * GIB, 2 * GIB), Verdict::DoesNotFit);
}

#[test]
fn what_was_measured_changes_the_verdict() {
    let sizes = model("llama-3.1-8b");
    let plan = llamacpp(&sizes, 8192);
    let said = need(&sizes, &plan);
    let budget = said.resident_bytes + GIB / 2;
    assert_eq!(verdict(&sizes, &plan, budget, 8192, None, None), Verdict::Fits);
    let pair = Pair::of(&said, said.after_load_bytes + GIB);
    let learnt = Correction::learn(&[pair]);
    let corrected = learnt.apply(&said);
    assert!(corrected.after_load_bytes.abs_diff(said.after_load_bytes + GIB) < GIB / 100);
    assert_eq!(corrected.parts.kv, said.parts.kv);
    assert!(matches!(verdict(&sizes, &plan, budget, 8192, Some(learnt), None), Verdict::FitsUpTo(_)));
}

#[test]
fn speed_is_what_memory_allows() {
    let dense = model("llama-3.1-8b");
    let (least, most) = speed(&dense, &llamacpp(&dense, 8192), Some(50e9), None).expect("known");
    assert!(least < most && (1.0..20.0).contains(&least) && (1.0..20.0).contains(&most), "{least} to {most}");
    let mixture = model("qwen3-30b-a3b");
    let (_, quick) = speed(&mixture, &llamacpp(&mixture, 8192), Some(50e9), None).expect("known");
    assert!(quick > most, "3 billion active weights are fewer than 8: {quick} and {most}");
    let (lower, upper) = speed(&dense, &llamacpp(&dense, 8192), Some(50e9), Some(0.6)).expect("known");
    assert!(upper / lower < most / least, "what was learnt narrows the range");
    assert_eq!(speed(&dense, &llamacpp(&dense, 8192), None, None), None);
    assert_eq!(speed(&dense, &llamacpp(&dense, 8192), Some(f64::NAN), None), None);
    assert_eq!(speed(&Sizes::default(), &llamacpp(&dense, 8192), Some(50e9), None), None);
}

#[test]
fn an_unknown_header_is_judged_by_its_weights() {
    let sizes = Sizes { file_bytes: GIB, ..Sizes::default() };
    let plan = llamacpp(&sizes, 4096);
    assert_eq!(longest_context(&sizes, &plan, 100 * GIB, &Correction::default()), None);
    assert_eq!(verdict(&sizes, &plan, 100 * GIB, 4096, None, None), Verdict::Fits);
    assert_eq!(verdict(&sizes, &plan, GIB / 2, 4096, None, None), Verdict::DoesNotFit);
}

proptest! {
    #[test]
    fn the_longest_context_fits_and_the_next_does_not(
        at in 0_usize..29,
        budget in 0_u64..64 * GIB,
        quantised: bool,
        engine in prop::sample::select(vec![EngineKind::LlamaCpp, EngineKind::MistralRs]),
    ) {
        let all = all();
        let (name, expected) = all.iter().nth(at % all.len()).expect("one of them");
        let sizes = Sizes::from(&header(name, expected.file_bytes));
        let kv = quantised.then_some(KvCache::Q8_0);
        let plan = Plan::usual(engine, &sizes, Some(8192), kv);
        let fits = |context: u32| verdict(&sizes, &plan, budget, context, None, None) == Verdict::Fits;
        match longest_context(&sizes, &plan, budget, &Correction::default()) {
            Some(tokens) => {
                prop_assert!(fits(tokens), "{} does not fit {}", tokens, budget);
                prop_assert!(tokens % 256 == 0 || Some(tokens) == sizes.trained_context);
                let next = tokens.saturating_add(256);
                prop_assert!(Some(tokens) >= sizes.trained_context || !fits(next), "{} fits, too", next);
            }
            None => prop_assert!(!fits(256)),
        }
    }

    #[test]
    fn a_longer_context_never_takes_less(at in 0_usize..29, one in 16_u32..200_000, other in 16_u32..200_000) {
        let all = all();
        let (name, expected) = all.iter().nth(at % all.len()).expect("one of them");
        let sizes = Sizes { trained_context: None, ..Sizes::from(&header(name, expected.file_bytes)) };
        for engine in [EngineKind::LlamaCpp, EngineKind::MistralRs] {
            let of = |context| need(&sizes, &Plan::usual(engine, &sizes, Some(context), None));
            let (short, long) = (of(one.min(other)), of(one.max(other)));
            prop_assert!(short.resident_bytes <= long.resident_bytes);
            prop_assert!(long.resident_bytes <= long.loading_peak_bytes);
            prop_assert_eq!(long.parts.total(), long.resident_bytes);
        }
    }
}

#[test]
fn what_a_header_says_wrongly_of_memory_is_left_out_and_refused_only_where_it_is_hostile() {
    let read = |gguf: &support::Gguf| {
        let bytes = gguf.build();
        let length = bytes.len() as u64;
        GgufHeader::read_from(std::io::Cursor::new(bytes), length)
    };
    let numbers = |count: u64| support::list(support::U32, count, &1_u32.to_le_bytes().repeat(count as usize));
    let odd = support::Gguf::small()
        .entry("llama.attention.sliding_window", support::TEXT, &support::text(b"wide"))
        .entry("llama.attention.sliding_window_pattern", support::F32, &1.5_f32.to_le_bytes())
        .entry("llama.feed_forward_length", support::LIST, &support::list(support::TEXT, 1, &support::text(b"x")))
        .entry("llama.ssm.conv_kernel", support::I32, &(-4_i32).to_le_bytes())
        .entry("llama.expert_used_count", support::LIST, &numbers(5000));
    let header = read(&odd).expect("it is a model nevertheless");
    assert_eq!(header.layers.blocks.len(), 2);
    assert_eq!((header.layers.feed_forward, header.layers.experts_used), (0, 0));
    let mut many = support::Gguf::small();
    for at in 0..33 {
        many = many.entry(&format!("{at}.attention.head_count"), support::LIST, &numbers(1));
    }
    let refused = read(&many).expect_err("no model has so many lists");
    assert!(refused.to_string().contains("more lists"), "{refused}");
    let deep = support::Gguf::small().entry("llama.nextn_predict_layers", support::U32, &9_u32.to_le_bytes());
    assert!(read(&deep).expect("a model").layers.blocks.is_empty(), "more drafting blocks than blocks");
}
