//! Models coming and going: shared loads, leases, idle time, memory, and what a dying worker leaves behind.

mod common;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use common::{
    LONG, Scene, StoppedClock, ask, calm, children, exists, first_text, gone, hasty, kill_hard, listen, load, plain,
    spec,
};
use inglenook_contract::{ErrorCode, FinishReason, ModelId, ModelState};
use inglenook_engine::{Keep, Launcher, LoadSpec, Patience, Pool, PoolSettings};
use serde_json::json;

fn a() -> ModelId {
    "a".into()
}

fn b() -> ModelId {
    "b".into()
}

fn is_ready(state: &ModelState) -> bool {
    matches!(state, ModelState::Ready { .. })
}

/// Waits for a state that is bound to come.
async fn until(pool: &Pool, model: &ModelId, wanted: impl Fn(&ModelState) -> bool) -> ModelState {
    let mut changes = pool.subscribe();
    let waiting = async {
        loop {
            let state = pool.state(model);
            if wanted(&state) {
                return state;
            }
            changes.recv().await.expect("the pool lives and its news are few");
        }
    };
    tokio::time::timeout(LONG, waiting).await.expect("the state comes")
}

#[tokio::test]
async fn a_model_is_loaded_on_demand_and_answers() {
    let scene = plain();
    let pool = scene.pool(calm());
    assert_eq!(pool.state(&a()), ModelState::Unloaded);
    let lease = pool.ensure(spec("a")).await.unwrap();
    assert_eq!(listen(&mut lease.generate(ask("hi"))).await.text, "You said: hi");
    let ModelState::Ready { context_length, memory_bytes, unload_at } = pool.state(&a()) else {
        panic!("{:?} is ready", pool.state(&a()))
    };
    assert_eq!((context_length, unload_at), (8192, None));
    assert!(memory_bytes >= 1_000_000, "a process takes more than a megabyte, not {memory_bytes}");
}

#[tokio::test]
async fn callers_at_the_same_time_share_one_load() {
    let scene = Scene::new(json!({ "load": { "steps": [{ "loading": { "steps": 3, "wait_ms": 20 } }] } }));
    let pool = scene.pool(calm());
    let leases = futures::future::join_all((0..5).map(|_| pool.ensure(spec("a")))).await;
    let mut pids: Vec<u32> = leases.into_iter().map(|lease| lease.unwrap().pid()).collect();
    pids.dedup();
    assert_eq!(pids.len(), 1, "one process for all: {pids:?}");
}

#[tokio::test]
async fn callers_who_share_a_load_share_its_failure_and_the_next_tries_again() {
    let fail = json!({ "fail": { "code": "model_damaged", "message": "Cut." } });
    let scene = Scene::new(json!({ "load": { "steps": [{ "wait_ms": 20 }, fail] } }));
    let pool = scene.pool(calm());
    let (first, second) = tokio::join!(pool.ensure(spec("a")), pool.ensure(spec("a")));
    for outcome in [first, second] {
        assert_eq!(outcome.unwrap_err().code, ErrorCode::ModelDamaged);
    }
    let ModelState::Failed { error } = pool.state(&a()) else { panic!("{:?} is a failure", pool.state(&a())) };
    assert_eq!(error.message, "Cut.");
    scene.rewrite(json!({}));
    assert!(pool.ensure(spec("a")).await.is_ok(), "another attempt is made");
    assert!(is_ready(&pool.state(&a())));
}

#[tokio::test]
async fn a_missing_engine_is_told_and_remembered_until_the_next_attempt() {
    let dir = tempfile::tempdir().unwrap();
    let pool = Pool::new(Launcher::with_folders([dir.path().to_owned()]), calm());
    let error = pool.ensure(spec("a")).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::EngineMissing);
    assert!(error.detail.as_deref().unwrap().contains(&dir.path().display().to_string()), "{error:?}");
    assert_eq!(pool.state(&a()), ModelState::Failed { error });
}

#[tokio::test]
async fn an_idle_model_is_unloaded_when_its_time_has_come() {
    let clock = Arc::new(StoppedClock::default());
    let idle_unload = Some(Duration::from_secs(900));
    let scene = plain();
    let pool = scene.pool(PoolSettings { idle_unload, clock: clock.clone(), ..calm() });
    let lease = pool.ensure(spec("a")).await.unwrap();
    let pid = lease.pid();
    clock.forward(Duration::from_secs(5000));
    pool.sweep().await;
    let ModelState::Ready { unload_at, .. } = pool.state(&a()) else { panic!("a lease keeps a model loaded") };
    assert_eq!(unload_at, None, "no time is named while it is in use");

    drop(lease);
    let ModelState::Ready { unload_at, .. } = pool.state(&a()) else { panic!("it is idle, not gone") };
    assert_eq!(unload_at, Some(5_900_000), "fifteen minutes after the lease was given back");
    clock.forward(Duration::from_secs(899));
    pool.sweep().await;
    assert!(is_ready(&pool.state(&a())), "a second too early");
    clock.forward(Duration::from_secs(1));
    pool.sweep().await;
    assert_eq!(pool.state(&a()), ModelState::Unloaded);
    assert!(!exists(pid), "all memory is back");
}

#[tokio::test]
async fn an_answer_keeps_its_model_loaded_although_its_lease_was_dropped() {
    let clock = Arc::new(StoppedClock::default());
    let scene = Scene::new(json!({ "answers": [{ "steps": [{ "text": "long" }, { "wait_ms": 3_600_000 }] }] }));
    let pool = scene.pool(PoolSettings { idle_unload: Some(Duration::ZERO), clock, ..calm() });
    let mut generation = pool.ensure(spec("a")).await.unwrap().generate(ask("go"));
    first_text(&mut generation).await;
    pool.sweep().await;
    assert!(is_ready(&pool.state(&a())), "the generation holds the lease");
    drop(generation);
    pool.sweep().await;
    assert_eq!(pool.state(&a()), ModelState::Unloaded);
}

#[tokio::test]
async fn a_worker_that_does_not_stop_is_ended_and_loaded_again_unseen() {
    let scene = Scene::new(json!({ "answers": [{ "when": "prefill", "steps": [
        { "prefill": { "total": 5000, "steps": 1 } }, { "text": "x" }, "hang"
    ] }] }));
    let pool = scene.pool(calm());
    let lease = pool.ensure(spec("a")).await.unwrap();
    let old = lease.pid();
    let mut generation = lease.generate(ask("a long prefill"));
    first_text(&mut generation).await;
    generation.cancel();
    let told = listen(&mut generation).await;
    assert_eq!(told.reason(), FinishReason::Cancelled, "its consumer does not wait for the worker");
    assert_eq!(told.done().usage.prompt_tokens, 5000, "it is told what is known");
    drop(generation);

    let states = tokio::spawn({
        let (pool, mut changes) = (pool.clone(), pool.subscribe());
        async move {
            let mut failures = 0;
            while let Ok(model) = changes.recv().await {
                match pool.state(&model) {
                    ModelState::Failed { .. } => failures += 1,
                    ModelState::Unloaded => break,
                    _ => {}
                }
            }
            failures
        }
    });
    let again = tokio::time::timeout(LONG, pool.ensure(spec("a"))).await.unwrap().unwrap();
    assert_ne!(again.pid(), old, "it is another process");
    assert!(!exists(old), "the old one is gone");
    assert_eq!(listen(&mut again.generate(ask("hi"))).await.text, "You said: hi");
    pool.unload(&a()).await;
    assert_eq!(states.await.unwrap(), 0, "at no time does it look failed");
}

#[tokio::test]
async fn a_model_whose_worker_did_not_stop_stays_ready_while_nobody_asks() {
    let scene = Scene::new(json!({ "answers": [{ "when": "hang", "steps": [{ "text": "x" }, "hang"] }] }));
    let clock = Arc::new(StoppedClock::default());
    let settings = PoolSettings { idle_unload: Some(Duration::from_secs(60)), clock: clock.clone(), ..calm() };
    let pool = scene.pool(settings);
    let lease = pool.ensure(spec("a")).await.unwrap();
    let mut generation = lease.generate(ask("hang"));
    first_text(&mut generation).await;
    drop(generation);
    lease.ended().await;
    let resting = |state: &ModelState| matches!(state, ModelState::Ready { memory_bytes: 0, .. });
    until(&pool, &a(), resting).await;
    clock.forward(Duration::from_secs(60));
    pool.sweep().await;
    assert_eq!(pool.state(&a()), ModelState::Unloaded, "its idle time runs as if it were loaded");
}

#[tokio::test]
async fn a_stopped_answer_does_not_cost_another_one_its_worker() {
    let scene = Scene::new(json!({ "answers": [
        { "when": "hang", "steps": [{ "text": "x" }, "hang"] },
        { "when": "slow", "steps": [{ "text": "one" }, { "wait_ms": 500 }, { "text": " two" }] },
    ] }));
    let pool = scene.pool(calm());
    let lease = pool.ensure(spec("a")).await.unwrap();
    let (mut hanging, mut slow) = (lease.generate(ask("hang")), lease.generate(ask("slow")));
    first_text(&mut hanging).await;
    hanging.cancel();
    assert_eq!(listen(&mut hanging).await.reason(), FinishReason::Cancelled);
    let told = listen(&mut slow).await;
    assert_eq!((told.text.as_str(), told.reason()), ("one two", FinishReason::Stop));
    let error = tokio::time::timeout(LONG, lease.ended()).await.expect("then it is ended");
    assert!(error.message.contains("did not stop"), "{error:?}");
}

#[tokio::test]
async fn a_worker_killed_in_an_answer_leaves_a_failure_and_the_next_question_loads_again() {
    let scene =
        Scene::new(json!({ "answers": [{ "when": "die", "steps": [{ "text": "x" }, { "wait_ms": 3_600_000 }] }] }));
    let pool = scene.pool(calm());
    let lease = pool.ensure(spec("a")).await.unwrap();
    let mut generation = lease.generate(ask("die"));
    first_text(&mut generation).await;
    kill_hard(lease.pid());
    assert_eq!(listen(&mut generation).await.failure().code, ErrorCode::EngineCrashed);
    let state = until(&pool, &a(), |state| !is_ready(state)).await;
    let ModelState::Failed { error } = state else { panic!("{state:?} says why") };
    assert_eq!(error.code, ErrorCode::EngineCrashed);
    let again = pool.ensure(spec("a")).await.unwrap();
    assert_eq!(listen(&mut again.generate(ask("hi"))).await.text, "You said: hi");
    drop((generation, lease));
    assert!(is_ready(&pool.state(&a())), "the old lease has no say in the new worker");
}

#[tokio::test]
async fn a_worker_that_dies_idle_is_loaded_again_without_a_word() {
    let scene = plain();
    let pool = scene.pool(calm());
    let pid = pool.ensure(spec("a")).await.unwrap().pid();
    kill_hard(pid);
    until(&pool, &a(), |state| *state == ModelState::Unloaded).await;
    assert!(pool.ensure(spec("a")).await.is_ok());
}

#[tokio::test]
async fn a_worker_that_dies_after_its_load_tells_the_one_who_leased_it() {
    let scene =
        Scene::new(json!({ "load": { "after": [{ "wait_for": "lease" }, { "log": "bad weights" }, "abort"] } }));
    let lease = scene.pool(calm()).ensure(spec("a")).await.unwrap();
    scene.sign("lease");
    let error = tokio::time::timeout(LONG, lease.ended()).await.expect("it dies");
    assert_eq!(error.code, ErrorCode::EngineCrashed);
    assert!(error.detail.as_deref().unwrap().contains("bad weights"), "{error:?}");
}

#[tokio::test]
async fn a_worker_that_is_of_no_use_after_any_load_is_not_loaded_for_ever() {
    let ready = r#"{"type":"ready","architecture":"","context_length":1,"reasoning":false,"tools":false,"memory_bytes":1,"load_ms":1}"#;
    // In one write, so that the flood is read together with the news that it is ready: no caller gets a lease.
    let flood = format!("{ready}\n{}", "x\n".repeat(1500));
    let scene = Scene::new(json!({ "load": { "steps": [{ "line": flood }, "hang"] } }));
    let outcome = tokio::time::timeout(LONG, scene.pool(calm()).load(spec("a"))).await.expect("it gives up");
    let error = outcome.unwrap_err();
    assert_eq!(error.message, "The model's process was ended because it sent more than can be taken in.");
}

/// A pool on a machine with so many bytes free while nothing is loaded, of which every loaded model takes 5 GB.
fn pool_with_memory(scene: &Scene, free: u64, max_loaded: usize) -> Pool {
    let known = Arc::new(OnceLock::<Pool>::new());
    let free_memory = {
        let known = Arc::clone(&known);
        Arc::new(move || {
            let states = known.get().map(Pool::states).unwrap_or_default();
            let loaded = states.iter().filter(|(_, state)| is_ready(state)).count() as u64;
            Some(free.saturating_sub(loaded * (5 << 30)))
        })
    };
    let pool = scene.pool(PoolSettings { free_memory, max_loaded, ..calm() });
    known.set(pool.clone()).expect("set once");
    pool
}

fn big(model: &str, gigabytes: f64) -> LoadSpec {
    LoadSpec { memory_bytes: Some((gigabytes * f64::from(1 << 30)) as u64), ..spec(model) }
}

fn claims_five_gigabytes() -> Scene {
    Scene::new(json!({ "load": { "memory_bytes": 5_u64 << 30 } }))
}

#[tokio::test]
async fn a_model_that_does_not_fit_is_refused_with_both_numbers() {
    let scene = plain();
    let pool = pool_with_memory(&scene, 6_871_947_674, 1);
    let error = pool.ensure(big("a", 9.12)).await.unwrap_err();
    assert_eq!(error.message, "Not enough memory: this model needs about 9.1 GB and 6.4 GB are free.");
    assert_eq!((error.code, error.retryable), (ErrorCode::OutOfMemory, true));
    assert_eq!(pool.state(&a()), ModelState::Failed { error });
}

#[tokio::test]
async fn without_an_estimate_the_files_and_a_margin_must_fit() {
    let free = Arc::new(AtomicU64::new(0));
    let free_memory = {
        let free = Arc::clone(&free);
        Arc::new(move || Some(free.load(Ordering::SeqCst)))
    };
    let scene = plain();
    let pool = scene.pool(PoolSettings { free_memory, ..calm() });
    let spec = LoadSpec { size_bytes: 1_000_000_000, ..spec("a") };
    free.store(1_300_000_000, Ordering::SeqCst);
    assert_eq!(pool.ensure(spec.clone()).await.unwrap_err().code, ErrorCode::OutOfMemory);
    free.store(1_400_000_000, Ordering::SeqCst);
    assert!(pool.ensure(spec).await.is_ok(), "1 GB, a tenth and 256 MiB fit into 1.4 GB");
}

#[tokio::test]
async fn idle_models_make_room_for_another() {
    let scene = claims_five_gigabytes();
    let pool = pool_with_memory(&scene, 8 << 30, 5);
    let pid = pool.ensure(big("a", 5.0)).await.unwrap().pid();
    assert!(pool.ensure(big("b", 5.0)).await.is_ok(), "3 GB are free, and 8 GB without the idle one");
    assert_eq!(pool.state(&a()), ModelState::Unloaded);
    assert!(!exists(pid), "its memory was back before the other was loaded");
}

#[tokio::test]
async fn nothing_is_unloaded_in_vain_nor_while_it_answers() {
    let scene = claims_five_gigabytes();
    let pool = pool_with_memory(&scene, 8 << 30, 5);
    let lease = pool.ensure(big("a", 5.0)).await.unwrap();
    let error = pool.ensure(big("b", 5.0)).await.unwrap_err();
    assert_eq!(error.message, "Not enough memory: this model needs about 5.0 GB and 3.0 GB are free.");
    drop(lease);
    assert!(pool.ensure(big("b", 30.0)).await.is_err(), "not even with the idle one gone");
    assert!(is_ready(&pool.state(&a())), "so it stays");
}

#[tokio::test]
async fn choosing_another_model_replaces_the_idle_one() {
    let scene = plain();
    let pool = scene.pool(calm());
    pool.load(spec("a")).await.unwrap();
    pool.load(spec("b")).await.unwrap();
    assert_eq!(pool.state(&a()), ModelState::Unloaded);
    assert!(is_ready(&pool.state(&b())));
}

#[tokio::test]
async fn two_models_answer_at_once_and_the_one_used_last_stays() {
    let scene = plain();
    let pool = scene.pool(calm());
    let first = pool.ensure(spec("a")).await.unwrap();
    pool.load(spec("b")).await.unwrap();
    assert!(is_ready(&pool.state(&a())) && is_ready(&pool.state(&b())), "one that is in use is left alone");
    assert_eq!(listen(&mut first.generate(ask("hi"))).await.text, "You said: hi");
    drop(first);
    assert_eq!(pool.state(&a()), ModelState::Unloaded, "now there is one too many, and b was asked for later");
    assert!(is_ready(&pool.state(&b())));
}

#[tokio::test]
async fn another_context_length_loads_the_model_again_once_it_is_idle() {
    let scene = plain();
    let pool = scene.pool(calm());
    let lease = pool.ensure(spec("a")).await.unwrap();
    let other = LoadSpec { load: load(Some(2048)), ..spec("a") };
    let waiting = tokio::spawn({
        let (pool, other) = (pool.clone(), other.clone());
        async move { pool.ensure(other).await }
    });
    tokio::task::yield_now().await;
    assert_eq!(listen(&mut lease.generate(ask("still here"))).await.text, "You said: still here");
    assert!(!waiting.is_finished(), "it waits for its turn");
    drop(lease);
    let again = tokio::time::timeout(LONG, waiting).await.unwrap().unwrap().unwrap();
    assert_eq!(again.ready().context_length, 2048);
    let pid = again.pid();
    drop(again);
    assert_eq!(pool.ensure(other).await.unwrap().pid(), pid, "asked in the same way, it is the same process");
}

#[tokio::test]
async fn a_caller_that_waits_for_its_turn_is_told_of_the_shutdown() {
    let scene = plain();
    let pool = scene.pool(calm());
    let lease = pool.ensure(spec("a")).await.unwrap();
    let other = LoadSpec { load: load(Some(2048)), ..spec("a") };
    let waiting = tokio::spawn({
        let pool = pool.clone();
        async move { pool.load(other).await }
    });
    tokio::task::yield_now().await;
    pool.shutdown().await;
    let outcome = tokio::time::timeout(LONG, waiting).await.expect("although the lease is still held");
    assert_eq!(outcome.unwrap().unwrap_err().code, ErrorCode::Unavailable);
    drop(lease);
}

#[tokio::test]
async fn a_model_can_be_unloaded_while_it_loads() {
    let scene = Scene::new(json!({ "load": { "steps": [{ "loading": { "steps": 2 } }, "hang"] } }));
    let pool = scene.pool(calm());
    let waiting = tokio::spawn({
        let pool = pool.clone();
        async move { pool.load(spec("a")).await }
    });
    until(&pool, &a(), |state| matches!(state, ModelState::Loading { fraction: Some(_) })).await;
    assert_eq!(children().len(), 1, "its worker is there");
    tokio::time::timeout(LONG, pool.unload(&a())).await.expect("it does not wait for the load");
    assert_eq!(children(), [0; 0], "its memory is back");
    assert_eq!(pool.state(&a()), ModelState::Unloaded);
    assert_eq!(waiting.await.unwrap().unwrap_err().code, ErrorCode::Cancelled);
    scene.rewrite(json!({}));
    assert!(pool.ensure(spec("a")).await.is_ok());
}

#[tokio::test]
async fn a_load_that_hangs_is_ended_and_holds_up_no_other_model() {
    let scene = Scene::new(json!({ "load": { "steps": [{ "loading": { "steps": 1 } }, "hang"] } }));
    let patience = Patience { standstill: Duration::from_millis(50), ..hasty() };
    let pool = scene.pool(PoolSettings { patience, ..calm() });
    let both = async { tokio::join!(pool.load(spec("a")), pool.load(spec("b"))) };
    let (first, second) = tokio::time::timeout(LONG, both).await.expect("each is given up, one after the other");
    for error in [first.unwrap_err(), second.unwrap_err()] {
        assert_eq!((error.code, error.retryable), (ErrorCode::EngineCrashed, true), "{error:?}");
        assert_eq!(error.message, "Loading the model was given up: it got no further for a long time.");
        assert!(error.detail.as_deref().unwrap().starts_with("no progress for"), "{error:?}");
    }
    assert!(matches!(pool.state(&a()), ModelState::Failed { .. }), "{:?} tells why", pool.state(&a()));
    assert_eq!(children(), [0; 0], "its memory is back");
}

#[tokio::test]
async fn who_asks_while_a_load_is_being_given_up_gets_a_new_one() {
    let scene = Scene::new(json!({ "load": { "steps": [{ "loading": { "steps": 2 } }, "hang"] } }));
    let pool = scene.pool(calm());
    let waiting = tokio::spawn({
        let pool = pool.clone();
        async move { pool.load(spec("a")).await }
    });
    until(&pool, &a(), |state| matches!(state, ModelState::Loading { fraction: Some(_) })).await;
    scene.rewrite(json!({}));
    let model = a();
    let ((), lease) = tokio::join!(biased; pool.unload(&model), pool.ensure(spec("a")));
    assert!(lease.is_ok(), "what another one gave up is not this caller's failure: {lease:?}");
    assert_eq!(waiting.await.unwrap().unwrap_err().code, ErrorCode::Cancelled);
}

#[tokio::test]
async fn a_failed_load_has_given_its_memory_back_when_it_is_told() {
    let fail = json!({ "fail": { "code": "model_damaged", "message": "Cut." } });
    let scene = Scene::new(json!({ "load": { "steps": [fail] } }));
    assert_eq!(scene.pool(calm()).load(spec("a")).await.unwrap_err().code, ErrorCode::ModelDamaged);
    assert_eq!(children(), [0; 0], "the next load finds it free");
}

#[tokio::test]
async fn a_model_unloaded_in_an_answer_fails_the_answer_as_cancelled() {
    let scene = Scene::new(json!({ "answers": [{ "steps": [{ "text": "x" }, { "wait_ms": 3_600_000 }] }] }));
    let pool = scene.pool(calm());
    let lease = pool.ensure(spec("a")).await.unwrap();
    let mut generation = lease.generate(ask("go"));
    first_text(&mut generation).await;
    pool.unload(&a()).await;
    assert!(!exists(lease.pid()));
    assert_eq!(listen(&mut generation).await.failure().code, ErrorCode::Cancelled);
    assert_eq!(pool.state(&a()), ModelState::Unloaded);
}

#[tokio::test]
async fn a_load_goes_on_when_its_caller_gives_up() {
    let scene = Scene::new(json!({ "load": { "steps": [{ "loading": { "steps": 2, "wait_ms": 10 } }] } }));
    let pool = scene.pool(calm());
    let asking = tokio::spawn({
        let pool = pool.clone();
        async move { pool.load(spec("a")).await }
    });
    until(&pool, &a(), |state| matches!(state, ModelState::Loading { .. })).await;
    asking.abort();
    until(&pool, &a(), is_ready).await;
}

#[tokio::test]
async fn shutdown_ends_all_workers_even_stubborn_ones() {
    let scene = Scene::new(json!({ "ignore_end_of_input": true }));
    let pool = scene.pool(PoolSettings { max_loaded: 3, ..calm() });
    let (first, second) = tokio::join!(pool.ensure(spec("a")), pool.ensure(spec("b")));
    let pids = [first.unwrap().pid(), second.unwrap().pid()];
    scene.rewrite(json!({ "load": { "steps": [{ "loading": { "steps": 1 } }, "hang"] } }));
    let loading = tokio::spawn({
        let pool = pool.clone();
        async move { pool.load(spec("c")).await }
    });
    until(&pool, &"c".into(), |state| matches!(state, ModelState::Loading { fraction: Some(_) })).await;

    tokio::time::timeout(LONG, pool.shutdown()).await.expect("it does not wait for ever");
    assert!(pids.iter().all(|pid| !exists(*pid)), "no process stays behind");
    assert_eq!(loading.await.unwrap().unwrap_err().code, ErrorCode::Unavailable);
    assert_eq!(pool.ensure(spec("a")).await.unwrap_err().code, ErrorCode::Unavailable);
    assert!(pool.states().iter().all(|(_, state)| *state == ModelState::Unloaded), "{:?}", pool.states());
}

#[tokio::test]
async fn dropping_the_pool_ends_its_workers() {
    let scene = plain();
    let pool = scene.pool(calm());
    let pid = pool.ensure(spec("a")).await.unwrap().pid();
    drop(pool);
    gone(pid).await;
}

#[tokio::test]
async fn changes_are_told_and_a_flood_of_progress_is_thinned_out() {
    let scene = Scene::new(json!({ "load": { "steps": [{ "loading": { "steps": 5000 } }] } }));
    let pool = scene.pool(calm());
    let mut changes = pool.subscribe();
    pool.load(spec("a")).await.unwrap();
    pool.unload(&a()).await;
    let mut told = 0;
    while let Ok(model) = changes.try_recv() {
        assert_eq!(model, a());
        told += 1;
    }
    assert!((3..250).contains(&told), "loading, ready, unloaded and some progress, not {told}");
}

#[tokio::test]
async fn the_idle_time_can_be_changed_while_a_model_is_loaded() {
    let clock = Arc::new(StoppedClock::default());
    let scene = plain();
    let pool = scene.pool(PoolSettings { clock: clock.clone(), ..calm() });
    pool.load(spec("a")).await.unwrap();
    clock.forward(Duration::from_secs(100_000));
    pool.sweep().await;
    assert!(is_ready(&pool.state(&a())), "never means never");
    pool.set_idle_unload(Some(Duration::from_secs(60)));
    pool.sweep().await;
    assert_eq!(pool.state(&a()), ModelState::Unloaded);
}

#[tokio::test]
async fn a_request_may_say_how_long_its_model_stays() {
    let clock = Arc::new(StoppedClock::default());
    let idle_unload = Some(Duration::from_secs(900));
    let scene = plain();
    let pool = scene.pool(PoolSettings { idle_unload, clock: clock.clone(), ..calm() });
    let unload_at = || match pool.state(&a()) {
        ModelState::Ready { unload_at, .. } => unload_at,
        state => panic!("{state:?} is ready"),
    };
    pool.ensure(spec("a")).await.unwrap().keep(Keep::For(Duration::from_secs(60)));
    assert_eq!(unload_at(), Some(60_000), "shorter than what is set");
    pool.ensure(spec("a")).await.unwrap().keep(Keep::Loaded);
    assert_eq!(unload_at(), None, "the latest word counts");
    clock.forward(Duration::from_secs(86_400));
    pool.sweep().await;
    assert!(is_ready(&pool.state(&a())), "it stays");
    pool.ensure(spec("a")).await.unwrap().keep(Keep::AsSet);
    assert_eq!(unload_at(), Some(86_400_000 + 900_000));
    pool.ensure(spec("a")).await.unwrap().keep(Keep::For(Duration::ZERO));
    pool.sweep().await;
    assert_eq!(pool.state(&a()), ModelState::Unloaded, "as soon as nobody asks it anything");
}

#[tokio::test]
async fn a_loaded_model_is_leased_however_it_was_loaded() {
    let scene = plain();
    let pool = scene.pool(calm());
    assert!(pool.lease(&a()).is_none(), "it was never loaded");
    let pid = pool.ensure(spec("a")).await.unwrap().pid();
    let lease = pool.lease(&a()).expect("it is loaded");
    assert_eq!(lease.pid(), pid);
    pool.set_max_loaded(1);
    pool.load(spec("b")).await.unwrap();
    assert!(is_ready(&pool.state(&a())), "a lease keeps it");
    drop(lease);
    assert_eq!(pool.state(&a()), ModelState::Unloaded, "then the other one is the only one");
    assert!(pool.lease(&a()).is_none());
}

#[tokio::test]
async fn more_models_stay_once_that_is_set() {
    let scene = plain();
    let pool = scene.pool(calm());
    pool.set_max_loaded(2);
    pool.load(spec("a")).await.unwrap();
    pool.load(spec("b")).await.unwrap();
    assert!(is_ready(&pool.state(&a())) && is_ready(&pool.state(&b())));
    pool.load(spec("c")).await.unwrap();
    assert_eq!(pool.state(&a()), ModelState::Unloaded, "the one that was used longest ago gave way");
}
