//! Kernels that the processor claims to run and does not.

mod common;

use std::sync::{Arc, Mutex};

use common::{Scene, ask, listen, spec};
use inglenook_contract::{ErrorCode, ModelState};
use inglenook_engine::kernels::NAMES;
use inglenook_engine::{KernelsKnown, PoolSettings};
use serde_json::json;

fn scene(claimed: &[&str], faulty: &[&str]) -> Scene {
    Scene::new(json!({
        "hello": { "kernels": claimed },
        "load": { "steps": [{ "fault": faulty }] },
    }))
}

fn settings(told: &Arc<Mutex<Vec<KernelsKnown>>>) -> PoolSettings {
    let told = Arc::clone(told);
    PoolSettings {
        on_kernels: Arc::new(move |known| told.lock().unwrap().push(known.clone())),
        ..PoolSettings::default()
    }
}

fn known(used: &str, crashed: Option<&str>) -> KernelsKnown {
    KernelsKnown { used: Some(used.to_owned()), crashed: crashed.map(str::to_owned) }
}

#[tokio::test]
async fn kernels_that_crash_are_left_for_the_next_lower_ones_and_that_is_remembered() {
    let [best, second, third] = NAMES.first_chunk::<3>().copied().expect("there are several");
    let scene = scene(&[best, second, third], &[best, second]);
    let told = Arc::default();
    let pool = scene.pool(settings(&told));
    let lease = pool.ensure(spec("a")).await.unwrap();
    assert_eq!(listen(&mut lease.generate(ask("hi"))).await.text, "You said: hi", "nobody noticed");
    assert_eq!(pool.kernels(), known(third, Some(second)));
    assert_eq!(*told.lock().unwrap(), [known(third, Some(second))], "told once, when it was certain");

    // What is remembered is not tried again.
    let again = PoolSettings { kernels_crashed: Some(best.to_owned()), ..settings(&Arc::default()) };
    scene.rewrite(json!({ "hello": { "kernels": [best, second] }, "load": { "steps": [{ "fault": [best] }] } }));
    let pool = scene.pool(again);
    let _lease = pool.ensure(spec("a")).await.unwrap();
    assert_eq!(pool.kernels(), known(second, Some(best)));
    pool.retry_kernels();
    assert_eq!(pool.kernels().crashed, None);
}

#[tokio::test]
async fn a_model_that_crashes_all_kernels_is_to_blame_itself() {
    let scene = scene(NAMES, NAMES);
    let told: Arc<Mutex<Vec<KernelsKnown>>> = Arc::default();
    let pool = scene.pool(settings(&told));
    let error = pool.ensure(spec("a")).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::ProcessorUnsupported, "the first death is told: {error:?}");
    assert!(matches!(pool.state(&"a".into()), ModelState::Failed { .. }));
    assert_eq!(pool.kernels(), KernelsKnown::default(), "no kernels are ruled out for it");
    assert!(told.lock().unwrap().is_empty());
}
