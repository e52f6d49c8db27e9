//! Reading a library of 500 models: for the first time, and again by who remembers the headers; against a plain walk
//! that looks at each file and reads its first 64 KiB.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use inglenook_contract::FolderOwner;
use inglenook_hub::{LibraryReader, SearchedFolder};
use inglenook_testkit::gguf::Storage;

use super::Failure;
use super::models::{self, Measures, Vocabulary};
use super::process::{Meanwhile, Took, Whose, forget_pages, measured};
use super::table::{Figures, cpu_seconds, print_foot, print_head, print_line, print_row, seconds, time};

const MODELS: u32 = 500;
const ROUNDS: usize = 5;
/// What a walk reads of a file that only wants to see what it is.
const GLANCE: u64 = 64 << 10;
/// Written last, beside the models; another number makes them anew.
const MADE: &str = ".made-1";

/// 0.6B in Q8_0; only its header is written, the rest of the file takes no room.
const SMALL: Measures =
    Measures { blocks: 28, width: 1024, feed_forward: 3072, heads: 16, kv_heads: 8, storage: Storage::Q8_0 };

/// Headers of 1.4 to 4.8 MB.
const VOCABULARIES: [Vocabulary; 4] = [
    Vocabulary { like: "Mistral 7B", tokens: 32_768, merges: 58_980 },
    Vocabulary { like: "OLMo 2", tokens: 100_352, merges: 0 },
    Vocabulary { like: "Phi 4", tokens: 100_352, merges: 100_000 },
    Vocabulary { like: "Mistral Nemo, some of its merges", tokens: 131_072, merges: 120_000 },
];

/// A library that lies on the disk.
struct Shelf {
    folder: PathBuf,
    /// Where the models lie, and how long each header is, bytes.
    files: Vec<(PathBuf, u64)>,
}

impl Shelf {
    /// The one that was made before, or a new one.
    fn get(cache: &Path) -> Result<Self, Failure> {
        let folder = cache.join("library-500");
        let made = folder.join(MADE).exists();
        if !made {
            let _ = std::fs::remove_dir_all(&folder);
        }
        let mut files = Vec::new();
        for (kind, vocabulary) in (0_u32..).zip(VOCABULARIES) {
            let (header, length) = models::gguf("Bench 000", vocabulary, SMALL);
            for number in (kind..MODELS).step_by(VOCABULARIES.len()) {
                let path = place(&folder, number);
                if !made {
                    write(&path, number, &header, length)?;
                }
                files.push((path, header.len() as u64));
            }
        }
        if !made {
            std::fs::write(folder.join(MADE), "")?;
        }
        files.sort();
        Ok(Self { folder, files })
    }

    fn header_bytes(&self) -> u64 {
        self.files.iter().map(|(_, header)| header).sum()
    }
}

/// As downloads lie: a publisher, a repository, a file.
fn place(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("publisher-{:02}/model-{number:03}/model-{number:03}-Q8_0.gguf", number / 25))
}

fn write(path: &Path, number: u32, header: &[u8], length: u64) -> Result<(), Failure> {
    std::fs::create_dir_all(path.parent().ok_or("a model lies in a folder")?)?;
    let name = b"Bench 000";
    let at = header.windows(name.len()).position(|bytes| bytes == name).ok_or("the header has a name")?;
    let mut own = header.to_vec();
    own.splice(at..at + name.len(), format!("Bench {number:03}").bytes());
    let mut file = File::create(path)?;
    file.write_all(&own)?;
    file.set_len(length)?;
    Ok(())
}

/// Measures and prints.
pub(crate) async fn measure(cache: &Path) -> Result<(), Failure> {
    let begun = Instant::now();
    let shelf = Shelf::get(cache)?;
    let title = format!(
        "A library of {MODELS} GGUF files with headers of {:.2} GB together",
        shelf.header_bytes() as f64 / 1e9
    );
    print_head(&title, "plain walk");
    if begun.elapsed().as_secs() > 10 {
        print_line(&format!("  made in {}", time(begun.elapsed().as_secs_f64())));
    }
    let forgets = forget_pages()?;
    let meanwhile = Meanwhile::begin(None);
    let forget = || if forgets { forget_pages().map(drop) } else { Ok(()) };
    let mut rounds = Vec::new();
    for number in 0..ROUNDS {
        rounds.push(Round::of(&shelf, number % 2 == 0, forget).await?);
    }
    if forgets {
        print_times(
            "nothing of it in the system's cache",
            &rounds,
            |round| &round.cold,
            |round| &round.cold_walk,
            "< 1 s",
        );
        print_times(
            "  against reading all headers as plain bytes",
            &rounds,
            |round| &round.cold,
            |round| &round.cold_bytes,
            "",
        );
    } else {
        print_line("  only root can empty the system's cache: not measured without it");
    }
    print_times(
        "a new reader, the files in the system's cache",
        &rounds,
        |round| &round.new,
        |round| &round.walk,
        "< 1 s",
    );
    print_times("  against reading all headers as plain bytes", &rounds, |round| &round.new, |round| &round.bytes, "");
    print_times("a reader that remembers the headers", &rounds, |round| &round.again, |round| &round.walk, "< 100 ms");
    print_foot(meanwhile, None);
    Ok(())
}

fn print_times(
    name: &str,
    rounds: &[Round],
    ours: impl Fn(&Round) -> &Took,
    peer: impl Fn(&Round) -> &Took,
    target: &str,
) {
    let (wall, walk) =
        (Figures::of(rounds, |round| seconds(ours(round))), Figures::of(rounds, |round| seconds(peer(round))));
    print_row(name, &time(wall.median()), &time(walk.median()), &wall.ratio_to(&walk), target);
    let (cpu, walk) =
        (Figures::of(rounds, |round| cpu_seconds(ours(round))), Figures::of(rounds, |round| cpu_seconds(peer(round))));
    print_row("  processor time", &time(cpu.median()), &time(walk.median()), &cpu.ratio_to(&walk), "");
}

/// What each reading took.
struct Round {
    /// By a new reader, nothing in the system's cache.
    cold: Took,
    cold_walk: Took,
    /// Every byte of every header, not understood.
    cold_bytes: Took,
    /// By a new reader, with what the one before left in the cache.
    new: Took,
    walk: Took,
    bytes: Took,
    /// By the same reader once more.
    again: Took,
}

impl Round {
    async fn of(shelf: &Shelf, ours_first: bool, forget: impl Fn() -> Result<(), Failure>) -> Result<Self, Failure> {
        let (mut cold, mut cold_walk) = (None, None);
        for ours in [ours_first, !ours_first] {
            forget()?;
            if ours {
                cold = Some(scan(shelf, &LibraryReader::new())?);
            } else {
                cold_walk = Some(walk(shelf)?);
            }
        }
        forget()?;
        let cold_bytes = whole_headers(shelf)?;
        let reader = LibraryReader::new();
        let new = scan(shelf, &reader)?;
        let again = scan(shelf, &reader)?;
        let (cold, cold_walk) = cold.zip(cold_walk).ok_or("both were measured")?;
        Ok(Self { cold, cold_walk, cold_bytes, new, walk: walk(shelf)?, bytes: whole_headers(shelf)?, again })
    }
}

fn own() -> Whose {
    Whose::Process(std::process::id())
}

fn scan(shelf: &Shelf, reader: &LibraryReader) -> Result<Took, Failure> {
    let folder = SearchedFolder { path: shelf.folder.clone(), owner: FolderOwner::Added };
    let (library, took) = measured(own(), || reader.read_blocking(&[folder]));
    if library.models.len() == MODELS as usize && library.rejected.is_empty() {
        return Ok(took);
    }
    Err(format!("{} models were found, refused: {:?}", library.models.len(), library.rejected.first()).into())
}

/// The peer: every folder listed, every file asked for its length and read at its beginning.
fn walk(shelf: &Shelf) -> Result<Took, Failure> {
    let (files, took) = measured(own(), || glance(&shelf.folder));
    if files? == MODELS { Ok(took) } else { Err("the walk did not find the models".into()) }
}

fn glance(folder: &Path) -> std::io::Result<u32> {
    let mut files = 0;
    let mut buffer = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let metadata = std::fs::metadata(&path)?;
        if metadata.is_dir() {
            files += glance(&path)?;
        } else if metadata.len() > 0 {
            buffer.clear();
            files += u32::from(File::open(&path)?.take(GLANCE).read_to_end(&mut buffer)? > 0);
        }
    }
    Ok(files)
}

/// Every byte of every header through one buffer: what reading alone takes.
fn whole_headers(shelf: &Shelf) -> Result<Took, Failure> {
    let (read, took) = measured(own(), || {
        let mut buffer = vec![0; 1 << 20];
        shelf.files.iter().try_for_each(|(path, header)| {
            let mut left = File::open(path)?.take(*header);
            while left.read(&mut buffer)? > 0 {}
            std::io::Result::Ok(())
        })
    });
    read?;
    Ok(took)
}
