//! Headers of files of 10 GB that lie at a hub: how many bytes leave the server for one, against the header's own
//! length, which is the least that can be; and how long it takes, against curl for exactly those bytes.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use inglenook_hub::remote::{Hub, ItemKind, RepoId, items};
use inglenook_testkit::gguf::Storage;

use super::Failure;
use super::clients::{curl, file, hub};
use super::models::{self, Measures, Vocabulary};
use super::process::{Meanwhile, run};
use super::server::Server;
use super::table::{Figures, megabytes, print_foot, print_head, print_row, time};

/// The repositories of the two formats.
pub(crate) const GGUF: &str = "bench/far-gguf";
pub(crate) const SAFETENSORS: &str = "bench/far-safetensors";

/// A line of 160 megabits a second; a server on the same machine would hand over what nobody takes any more.
const LINE: u64 = 20_000_000;
const ROUNDS: usize = 3;
/// The most bytes that may leave the server, for a header that is not itself longer.
const TARGET: &str = "< 8 MB";

/// A GGUF file as the server makes it.
pub(crate) struct Far {
    pub(crate) like: &'static str,
    pub(crate) path: &'static str,
    pub(crate) header: Vec<u8>,
    /// Bytes of the whole file.
    pub(crate) bytes: u64,
}

/// As Qwen3 14B in Q5_K, with two blocks more: 10 GB.
const LARGE: Measures =
    Measures { blocks: 42, width: 5120, feed_forward: 17_408, heads: 40, kv_heads: 8, storage: Storage::Q5_K };

/// The files, by the vocabularies that models of this size have.
pub(crate) fn far_models() -> Vec<Far> {
    let all = [
        ("mistral.gguf", Vocabulary { like: "Mistral 7B", tokens: 32_768, merges: 58_980 }),
        ("qwen.gguf", Vocabulary { like: "Qwen 3", tokens: 151_936, merges: 151_387 }),
        ("llama.gguf", Vocabulary { like: "Llama 3", tokens: 128_256, merges: 280_147 }),
        ("gpt-oss.gguf", Vocabulary { like: "gpt-oss", tokens: 201_088, merges: 446_189 }),
    ];
    let far = |(path, vocabulary): (&'static str, Vocabulary)| {
        let (header, bytes) = models::gguf("Far Away", vocabulary, LARGE);
        Far { like: vocabulary.like, path, header, bytes }
    };
    all.into_iter().map(far).collect()
}

/// A mixture with the 18,433 tensors of Qwen3 30B in one file: its settings, header and length.
pub(crate) fn far_weights() -> (String, Vec<u8>, u64) {
    models::safetensors(48, 128)
}

/// Measures and prints.
pub(crate) async fn measure(cache: &Path) -> Result<(), Failure> {
    let scratch = tempfile::tempdir_in(cache)?;
    let nothing = scratch.path().join("nothing.gguf");
    std::fs::write(&nothing, "")?;
    let mut server = Server::start(&nothing)?;
    server.throttle(LINE)?;
    let hub = hub(&server.endpoint)?;
    let meanwhile = Meanwhile::begin(Some(server.id()));
    print_head("Headers of files at a hub, over a line of 20 MB/s: bytes that left the server", "header");
    for far in far_models() {
        let name = format!("GGUF of {:.1} GB, vocabulary of {}", far.bytes as f64 / 1e9, far.like);
        let own = far.header.len() as u64;
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            let before = server.served()?;
            let begun = Instant::now();
            hub.gguf_header(&file(GGUF, far.path)?, "Measurement").await?;
            let seconds = begun.elapsed().as_secs_f64();
            let traffic = server.served()? - before;
            let peer = bytes_by_curl(&server, (GGUF, far.path), own, scratch.path())?;
            rounds.push(Round { traffic, seconds, peer });
        }
        // A header that is longer than the target can be read with no less.
        print_rounds(&name, own, &rounds, if own < 8_000_000 { TARGET } else { "" });
    }
    let (_, header, bytes) = far_weights();
    let name = format!("safetensors of {:.1} GB, 18,433 tensors", bytes as f64 / 1e9);
    let own = header.len() as u64;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let before = server.served()?;
        let begun = Instant::now();
        read_safetensors(&hub).await?;
        let seconds = begun.elapsed().as_secs_f64();
        let traffic = server.served()? - before;
        let peer = bytes_by_curl(&server, (SAFETENSORS, "model.safetensors"), own, scratch.path())?;
        rounds.push(Round { traffic, seconds, peer });
    }
    print_rounds(&name, own, &rounds, TARGET);
    print_foot(meanwhile, Some(server.id()));
    Ok(())
}

/// One reading.
struct Round {
    /// Bytes that left the server.
    traffic: u64,
    seconds: f64,
    /// Seconds that curl took for the header's bytes.
    peer: f64,
}

fn print_rounds(name: &str, own: u64, rounds: &[Round], target: &str) {
    let traffic = Figures::of(rounds, |round| round.traffic as f64);
    let header = Figures(vec![own as f64; rounds.len()]);
    print_row(name, &megabytes(traffic.median() as u64), &megabytes(own), &traffic.ratio_to(&header), target);
    let (ours, peer) = (Figures::of(rounds, |round| round.seconds), Figures::of(rounds, |round| round.peer));
    print_row(
        "  time, against curl for the header's bytes",
        &time(ours.median()),
        &time(peer.median()),
        &ours.ratio_to(&peer),
        "",
    );
}

/// The header's bytes and no other, as who knew its length would ask for them; seconds.
fn bytes_by_curl(server: &Server, from: (&str, &str), own: u64, folder: &Path) -> Result<f64, Failure> {
    let mut command: Command = curl(&server.endpoint, from, &folder.join("header"));
    command.arg("--range").arg(format!("0-{}", own - 1));
    Ok(run(&mut command)?.wall.as_secs_f64())
}

/// Everything of a repository that is not downloaded: the listing, the settings, the header.
async fn read_safetensors(hub: &Hub) -> Result<(), Failure> {
    let repo = hub.repo(&RepoId::parse(SAFETENSORS)?, None).await?;
    let item = items(&repo).into_iter().find(|item| item.kind == ItemKind::Safetensors).ok_or("nothing is offered")?;
    let read = hub.safetensors_header(&repo.id, &repo.commit, &item, "Measurement").await?;
    if read.header.files.is_empty() { Err("the header names no file".into()) } else { Ok(()) }
}
