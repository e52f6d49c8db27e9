//! A model that makes vectors, asked by programs through the real worker.

use std::path::Path;

use inglenook_contract::*;
use inglenook_journeys::Person;
use inglenook_journeys::http::{Answer, Connection, Request, free_port};
use serde_json::{Value, json};

/// Pocket with two more entries in its header: `qwen3.pooling_type = 3` (the last token's vector, as Qwen's embedding
/// models do), and one that fills up, for what follows has to stay aligned to 32 bytes; and with a name of its own.
fn write_finder(path: &Path) {
    let pocket = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src-tauri/resources/models/pocket/Pocket-Q8_0.gguf");
    let mut bytes = std::fs::read(pocket).expect("Pocket ships with the application");
    let name = bytes.windows(12).position(|key| key == b"general.name").expect("it has a name") + 24;
    bytes[name..name + 6].copy_from_slice(b"Finder");
    let text = |text: &str| [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat();
    let (unsigned, string) = (4_u32.to_le_bytes(), 8_u32.to_le_bytes());
    let mut entries = [text("qwen3.pooling_type"), unsigned.to_vec(), 3_u32.to_le_bytes().to_vec()].concat();
    let filler = [text("test.filler"), string.to_vec()].concat();
    let missing = 32 - (entries.len() + filler.len() + 8) % 32;
    entries.extend([filler, text(&"x".repeat(missing))].concat());
    let count = u64::from_le_bytes(bytes[16..24].try_into().expect("a header"));
    bytes[16..24].copy_from_slice(&(count + 2).to_le_bytes());
    bytes.splice(24..24, entries);
    std::fs::write(path, bytes).expect("the model can be written");
}

/// An application with a model that makes vectors, and its server.
struct Searching {
    person: Person,
    port: u16,
    /// The name that programs ask the model by.
    finder: String,
    model: Model,
}

impl Searching {
    async fn new() -> Self {
        let person = Person::with_real_engines().await;
        let folder = person.persons_folder().join("vectors");
        std::fs::create_dir_all(&folder).expect("a folder");
        write_finder(&folder.join("finder.gguf"));
        let list: ModelList = person.gets("folder.add", json!({ "path": folder })).await;
        let model = list.models.into_iter().find(|model| model.embeds).expect("it is known for what it is");
        let port = free_port();
        let mut settings: Settings = person.gets("settings.get", json!({})).await;
        settings.server.port = port;
        let _: Settings = person.gets("settings.save", json!(settings)).await;
        let status: ServerStatus = person.gets("server.switch", json!({ "on": true })).await;
        let named = status.names.into_iter().find(|named| named.model == model.id).expect("programs can ask it");
        Self { person, port, finder: named.name, model }
    }

    async fn posts(&self, path: &str, body: Value) -> Answer {
        let address = format!("127.0.0.1:{}", self.port);
        let mut connection = Connection::open(&address).await.expect("the server listens");
        let headers = vec![("host", address), ("content-type", "application/json".to_owned())];
        let body = body.to_string();
        let request = Request { method: "POST", path, headers, body: body.as_bytes() };
        connection.ask(&request).await.expect("an answer")
    }

    /// The vectors of texts.
    async fn embeds(&self, input: Value) -> Vec<Vec<f64>> {
        let answer = self.posts("/v1/embeddings", json!({ "model": self.finder, "input": input })).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let data = answer.json()["data"].clone();
        let vectors = data.as_array().expect("a list").iter().map(|one| one["embedding"].clone());
        vectors.map(|vector| serde_json::from_value(vector).expect("numbers")).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_search_with_vectors() {
    let searching = Searching::new().await;
    let texts = ["The capital of France", "The capital of Norway", "2 + 2", "2 + 2"];
    let vectors = searching.embeds(json!(texts)).await;
    let dot = |a: usize, b: usize| vectors[a].iter().zip(&vectors[b]).map(|(x, y)| x * y).sum::<f64>();
    assert_eq!(vectors.iter().map(Vec::len).collect::<Vec<_>>(), [256; 4]);
    assert!((dot(0, 0) - 1.0).abs() < 1e-3 && (dot(2, 3) - 1.0).abs() < 1e-3, "of length one, the same for the same");
    assert!(dot(0, 1) > dot(0, 2), "two capitals are nearer than a capital and a sum");

    let many = searching.embeds(json!(vec!["2 + 2"; 40])).await;
    assert!(many.len() == 40 && many.iter().all(|one| *one == many[0]), "more than the model is given at once");
    let short = json!({ "model": searching.finder, "input": "2 + 2", "dimensions": 8, "encoding_format": "base64" });
    let short = searching.posts("/v1/embeddings", short).await.json();
    assert_eq!(short["data"][0]["embedding"].as_str().map(str::len), Some(44), "8 numbers of 4 bytes: {short}");
    assert!(short["usage"]["prompt_tokens"].as_u64().is_some_and(|tokens| tokens > 1), "{short}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_asked_for_what_it_makes_and_refuses_the_rest_in_words() {
    let searching = Searching::new().await;
    let finder = searching.finder.as_str();
    let chat = json!({ "model": finder, "messages": [{ "role": "user", "content": "Hi" }] });
    for (path, body, words) in [
        ("/v1/chat/completions", chat, "makes vectors"),
        ("/v1/completions", json!({ "model": finder, "prompt": "Hi" }), "makes vectors"),
        ("/v1/responses", json!({ "model": finder, "input": "Hi", "truncation": "auto" }), "makes vectors"),
        ("/v1/embeddings", json!({ "model": "pocket", "input": "Hi" }), "makes no vectors"),
        ("/v1/embeddings", json!({ "model": finder, "input": "" }), "empty text"),
        ("/v1/embeddings", json!({ "model": finder, "input": "word ".repeat(5000) }), "2048"),
        ("/v1/embeddings", json!({ "model": finder, "input": "Hi", "dimensions": 257 }), "256 numbers"),
    ] {
        let answer = searching.posts(path, body).await;
        assert_eq!(answer.status, 400, "{path}: {}", answer.text());
        let error = answer.json()["error"]["message"].clone();
        assert!(error.as_str().is_some_and(|message| message.contains(words)), "{path}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_does_not_chat_with_it() {
    let searching = Searching::new().await;
    assert_eq!(searching.model.engine, None);
    let reason = searching.model.unsupported.clone().expect("it says why").message;
    assert!(reason.contains("does not chat"), "{reason}");
    let request = json!({ "model": searching.model.id, "temporary": true });
    let chat: Chat = searching.person.gets("chat.create", request).await;
    let said = json!({ "chat": chat.summary.id, "text": "Hi" });
    let refused = searching.person.asks::<Sent>("chat.send", said).await;
    let message = match refused {
        Err(error) => error.message,
        Ok(Sent::Answering { answer, .. }) => {
            let answer = searching.person.waits_for(&answer).await;
            answer.error.expect("it is not answered").message
        }
        Ok(Sent::Queued { .. }) => panic!("nothing else is on its way"),
    };
    assert!(message.contains("does not chat"), "{message}");
}
