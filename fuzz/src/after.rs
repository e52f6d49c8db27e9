//! What the application does with a header once it was read, and with the words if it was refused.

use std::io::ErrorKind;

use inglenook_hub::fit::{
    Correction, KvType, Pair, Plan, Repacking, Sizes, Verdict, budget, longest_context, need, speed, verdict,
};
use inglenook_hub::header::Shape;
use inglenook_hub::{EngineKind, HeaderError, TemplateAbilities, architecture_name, engines};

/// Most letters of a message; a window shows them all.
const MOST_LETTERS: usize = 600;
/// Contexts that are asked for: what the model was trained for, an ordinary one, all there can be.
const CONTEXTS: [Option<u32>; 3] = [None, Some(8192), Some(u32::MAX)];
/// A laptop's free memory.
const FREE_BYTES: u64 = 16 << 30;
/// Names of other files of the same model.
const NAMES: [&str; 4] = ["Q4_K_M", "UD-IQ2_XXS", "F32", "of next year"];

/// A refusal must be words that can be shown. The system has a part in it only where a file is missing.
pub fn refusal(error: &HeaderError) {
    if let HeaderError::Io { source, .. } = error {
        assert_eq!(source.kind(), ErrorKind::NotFound, "memory cannot fail to be read: {error}");
    }
    words(&error.to_string());
}

fn words(message: &str) {
    assert!(message.ends_with('.'), "not a sentence: {message}");
    assert!(message.chars().count() <= MOST_LETTERS, "longer than anybody reads: {message}");
}

/// Asks everything that is asked of a model.
pub fn ask(sizes: &Sizes, shape: &Shape, template: Option<&str>, candidate: engines::Candidate<'_>) {
    let judged = engines::judge(candidate);
    judged.iter().filter_map(|(_, refusal)| refusal.as_deref()).for_each(words);
    let _ = engines::first(&judged);
    let _ = architecture_name(&sizes.architecture);
    let _ = template.map(TemplateAbilities::of);
    let _ = shape.kv_bytes_per_token(4);
    estimate(sizes);
    for other in others(sizes) {
        expect(&other, &Plan::usual(EngineKind::LlamaCpp, &other, None, None));
    }
}

/// The same model in other files, of which only lengths and names are known.
fn others(sizes: &Sizes) -> Vec<Sizes> {
    let mut others = vec![sizes.with_file_bytes(0), sizes.with_file_bytes(u64::MAX)];
    others.push(sizes.clone().with_all_parts(u64::MAX));
    others.extend(NAMES.map(|name| sizes.with_quantisation(4 << 30, name)));
    others
}

/// With every plan that the application makes.
fn estimate(sizes: &Sizes) {
    for engine in [EngineKind::LlamaCpp, EngineKind::MistralRs] {
        for context in CONTEXTS {
            let plan = Plan { repacking: Repacking::Amx, ..Plan::usual(engine, sizes, context, None) };
            expect(sizes, &plan);
            weigh(sizes, &plan);
        }
    }
    let usual = Plan::usual(EngineKind::LlamaCpp, sizes, None, None);
    let frugal = Plan { kv: KvType::Q8_0, whole_windows: false, ..usual };
    expect(sizes, &frugal);
    weigh(sizes, &Plan { card_bytes: Some(8 << 30), ..frugal });
}

/// The estimate, whose parts must agree.
fn expect(sizes: &Sizes, plan: &Plan) {
    let need = need(sizes, plan);
    assert_eq!(need.resident_bytes, need.parts.total(), "it is the sum of its parts");
    assert!(need.after_load_bytes <= need.resident_bytes && need.resident_bytes <= need.loading_peak_bytes);
    assert_eq!(Correction::default().apply(&need), need, "nothing learnt changes nothing");
    let doubled = Pair::of(&need, need.after_load_bytes.saturating_mul(2));
    let corrected = Correction::learn(&[doubled]).apply(&need);
    assert!(corrected.resident_bytes >= need.resident_bytes, "what took more is not expected to take less");
    if let Some((least, most)) = speed(sizes, plan, Some(50e9), None) {
        assert!(least.is_finite() && most.is_finite() && 0.0 <= least && least <= most, "{least} to {most}");
    }
}

/// The verdict, which must not promise what the estimate denies.
fn weigh(sizes: &Sizes, plan: &Plan) {
    let budget = budget(FREE_BYTES, 0);
    let context = plan.context.min(sizes.trained_context.unwrap_or(u32::MAX)).max(1);
    let fits = |context| {
        let need = need(sizes, &Plan { context, ..*plan });
        need.resident_bytes <= budget.saturating_add(plan.card_bytes.unwrap_or(0))
    };
    match verdict(sizes, plan, budget, context, None, None) {
        Verdict::Fits | Verdict::PartlyOnCpu => assert!(fits(context), "it does not fit"),
        Verdict::FitsUpTo(shorter) => {
            assert!(0 < shorter && shorter < context, "{shorter} of {context} tokens");
            assert!(fits(shorter), "it does not fit with {shorter} tokens");
        }
        Verdict::DoesNotFit | Verdict::NoEngine(_) => {}
    }
    if let Some(longest) = longest_context(sizes, plan, budget, &Correction::default()) {
        assert!(fits(longest), "it does not fit with {longest} tokens");
    }
}
