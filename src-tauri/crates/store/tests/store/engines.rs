//! Engines that were chosen and measured, and kernels that crashed.

use inglenook_contract::EngineSpeed;

use crate::support::*;

#[tokio::test]
async fn a_choice_and_a_speed_outlive_the_application() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    let (one, other) = ("one".into(), "other".into());
    let speed = |tok_s| EngineSpeed { prompt_tok_s: 100.0, tok_s };
    store.choose_engine(&one, Some("mistral.rs")).await.unwrap();
    store.choose_engine(&other, Some("mistral.rs")).await.unwrap();
    store.choose_engine(&other, None).await.unwrap();
    store.record_speed(&one, "llama.cpp", speed(1.0)).await.unwrap();
    store.record_speed(&one, "llama.cpp", speed(18.0)).await.unwrap();
    store.close().await.unwrap();

    let store = open(home.path()).await;
    assert_eq!(
        store.engine_choices().await.unwrap().into_iter().collect::<Vec<_>>(),
        [(one.clone(), "mistral.rs".into())]
    );
    let speeds = store.engine_speeds().await.unwrap();
    assert_eq!(
        speeds.into_iter().collect::<Vec<_>>(),
        [((one, "llama.cpp".into()), speed(18.0))],
        "the last one counts"
    );
}

#[tokio::test]
async fn kernels_that_crashed_are_ruled_out_on_that_processor_only() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    assert_eq!(store.crashed_kernels("Xeon").await.unwrap(), None);
    store.record_crashed_kernels("Xeon", Some("sapphirerapids")).await.unwrap();
    assert_eq!(store.crashed_kernels("Xeon").await.unwrap().as_deref(), Some("sapphirerapids"));
    assert_eq!(store.crashed_kernels("Ryzen").await.unwrap(), None, "the disk moved to another machine");
    store.record_crashed_kernels("Xeon", None).await.unwrap();
    assert_eq!(store.crashed_kernels("Xeon").await.unwrap(), None);
}
