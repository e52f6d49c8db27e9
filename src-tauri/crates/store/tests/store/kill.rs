//! `kill -9`, two hundred times, at any moment: what was told to be kept is there.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::time::{Duration, Instant};

use inglenook_contract::*;
use inglenook_store::Store;
use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;

use crate::support::*;

const KILLS: u32 = 200;
/// Lines after which the child is killed at the latest; its opening is one.
const LINES: u32 = 24;

/// What the child said that it has kept, of one round.
#[derive(Debug, Default)]
struct Told {
    chat: Option<ChatId>,
    /// Every text said in this chat.
    said: Vec<String>,
    /// The text of the last answer as far as it was kept, and whether it had ended.
    answer: String,
    ended: bool,
}

impl Told {
    fn hear(&mut self, line: &str) {
        let Some((word, rest)) = line.split_once(' ') else { return };
        match word {
            "chat" => self.chat = Some(rest.into()),
            "said" => {
                self.said.push(rest.to_owned());
                self.answer.clear();
                self.ended = false;
            }
            "added" => self.answer.push_str(rest),
            "ended" => self.ended = true,
            _ => {}
        }
    }
}

#[test]
fn what_was_kept_survives_two_hundred_kills() {
    let home = tempfile::tempdir().unwrap();
    let mut all = Vec::new();
    // Any numbers will do as long as they differ; the same ones each time make a failure easier to meet again.
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut draw = |below: u32| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % u64::from(below)) as u32
    };
    for round in 0..KILLS {
        let told = round_of(home.path(), draw(LINES), Duration::from_micros(u64::from(draw(3000))));
        runtime().block_on(check(home.path(), &told, round));
        all.push(told);
    }
    let said: usize = all.iter().map(|told| told.said.len()).sum();
    let cut = all.iter().filter(|told| !told.said.is_empty() && !told.ended).count();
    assert!(said > 100 && cut > 20, "the kills hit turns ({said} told) and answers ({cut} cut), not only starts");

    runtime().block_on(async {
        let store = open(home.path()).await;
        for told in all.iter().filter(|told| told.chat.is_some()) {
            let texts = shown(&store, told.chat.as_ref().unwrap()).await;
            let said: Vec<_> = texts.into_iter().step_by(2).collect();
            assert_eq!(said[..told.said.len()], told.said[..], "nothing was lost in a later round either");
        }
    });
}

/// Lets a child work in this folder until it told so many lines and a little longer, then kills it.
fn round_of(folder: &Path, lines: u32, longer: Duration) -> Told {
    let mut child = child("kill::child_writes_until_it_is_killed", folder).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut told = Told::default();
    for line in out.by_ref().take(lines as usize) {
        told.hear(&line.unwrap());
    }
    let until = Instant::now() + longer;
    while Instant::now() < until {
        std::hint::spin_loop();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What it had told before the kill is still in the pipe; a line that the kill cut was not told.
    out.map_while(Result::ok).for_each(|line| told.hear(&line));
    told
}

async fn check(folder: &Path, told: &Told, round: u32) {
    // Every other time as a process that is itself not closed, so that what comes next finds either.
    let store = Store::open(folder).await.unwrap();
    assert_eq!(store.notices, [], "round {round}: the database is whole");
    let store = store.store;
    if let Some(chat) = &told.chat {
        let messages = store.page(chat, Some(0), 1000).await.unwrap().messages;
        let said: Vec<_> =
            messages.iter().filter(|message| message.role == Role::User).map(|message| &message.text).collect();
        let more = said.len() - told.said.len();
        assert!(more <= 1, "round {round}: at most one turn was kept and not told, not {more}");
        assert!(said.iter().zip(&told.said).all(|(kept, told)| *kept == told), "round {round}: {said:?} {told:?}");
        for message in &messages {
            assert!(
                matches!(message.status, MessageStatus::Done | MessageStatus::Cut),
                "round {round}: nothing is still being written: {message:?}"
            );
        }
        if let (Some(answer), 0, false) = (messages.last(), more, told.said.is_empty()) {
            let rest = answer.text.strip_prefix(told.answer.as_str());
            let rest = rest.unwrap_or_else(|| panic!("round {round}: {:?} was told of {answer:?}", told.answer));
            assert!(rest.len() <= "piece 00;".len(), "round {round}: at most one piece was not told: {rest:?}");
            assert!(!told.ended || answer.status == MessageStatus::Done, "round {round}: an end that was told stands");
        }
    }
    if round.is_multiple_of(2) {
        store.close().await.unwrap();
    } else {
        drop(store);
    }
    if round.is_multiple_of(10) {
        let mut db = SqliteConnectOptions::new().filename(folder.join("inglenook.db")).connect().await.unwrap();
        let verdict: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut db).await.unwrap();
        assert_eq!(verdict, "ok", "round {round}");
    }
}

#[test]
fn child_writes_until_it_is_killed() {
    let Some(folder) = std::env::var_os(CHILD_FOLDER) else { return };
    runtime().block_on(async {
        let store = open(Path::new(&folder)).await;
        say("open");
        let chat = store.create_chat(None).await.unwrap().summary.id;
        say(&format!("chat {chat}"));
        let by = AnsweredBy { id: "m".into(), name: "Pocket".into(), quantisation: None };
        for turn in 0.. {
            let text = format!("turn {turn}");
            let answer = store.add_turn(&chat, &text, Some(&by)).await.unwrap().answer.id;
            say(&format!("said {text}"));
            store.begin_streaming(&answer, &by).await.unwrap();
            let mut whole = String::new();
            for piece in 0..6 {
                let piece = format!("piece {piece};");
                store.append(&answer, &piece, "hm").await.unwrap();
                say(&format!("added {piece}"));
                whole += &piece;
            }
            store.finish(&answer, done(&whole)).await.unwrap();
            say("ended well");
        }
    });
}
