//! Writing answers, several together: each step reads one token of every answer that is being written and a piece of
//! every prompt that is being read, in one batch, so that the weights are fetched from memory once for all of them.
//!
//! All share one pool of cells. When it is full, what nobody writes in is parked; when that is not enough, the answer
//! that began last steps back: its cells are given up and read again when there is room. Nobody notices but by the
//! clock.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use inglenook_contract::EngineSpeed;
use inglenook_worker::answer::{Begun, Draw, Job, Writer};
use inglenook_worker::measure::{TRIAL_ANSWER, TRIAL_PROMPT, trial};
use inglenook_worker::model::Model;
use inglenook_worker::ticket::Ticket;
use inglenook_worker::{Scribe, WorkerError, Works};
use llama_cpp_2::DecodeError;
use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::token::LlamaToken;

use crate::sequences::{Sequences, rewind};

/// Answers that are written at once; more wait their turn. Every further one makes each of them slower.
pub(crate) const MOST_AT_ONCE: usize = 4;
/// Tokens of one batch at most: llama.cpp's own measure, beyond which reading gets no faster on a processor.
pub(crate) const LONGEST_PIECE: usize = 512;
/// Less than this reads much slower: llama.cpp's attention works in tiles of 64 rows (`GGML_FA_TILE_Q`) and takes another
/// way for fewer. Measured on one core: pieces of 32 take 1.3 times as long with 1B, twice as long with 0.5B.
const SHORTEST_PIECE: usize = 64;
/// The same while nobody else writes, however slow the model: with 8B in Q8_0 at 10 tokens a second, pieces of 64 took
/// 1.17 times the processor time of pieces of 512, because for each the weights are fetched again.
const SHORTEST_ALONE: usize = 128;
/// The first piece, before anything is known of the model's speed.
const FIRST_PIECE: usize = 128;
/// How long reading a piece of a prompt should take. Between pieces a cancelled request lets go of the processor, and
/// progress is told; but for each the weights are fetched again and the threads meet some hundred times. Measured with
/// 0.5B and a prompt of 4,096: pieces of 64 take 5 to 8 % more processor time than pieces of 512.
const PIECE: Duration = Duration::from_millis(2000);
/// The same while others write, who wait for as long.
const PIECE_BESIDE: Duration = Duration::from_millis(250);

/// An answer on its way.
struct Running {
    ticket: Arc<Ticket>,
    writer: Writer,
    /// Its sequence.
    number: usize,
    /// The prompt and what was drawn so far.
    tokens: Vec<u32>,
    /// How many of them are in the cache.
    read: usize,
    /// How many of them are the prompt, and how many of those the cache had.
    prompt: usize,
    cached: usize,
    /// The place of its last token in the batch of this step, where that has logits.
    drawn_at: Option<i32>,
    /// How many of its tokens are in the batch of this step.
    fed: usize,
}

impl Running {
    fn is_reading(&self) -> bool {
        self.tokens.len() - self.read > 1
    }
}

/// Writes answers with one context.
pub(crate) struct Together {
    model: Arc<Model>,
    context: LlamaContext<'static>,
    batch: LlamaBatch<'static>,
    sequences: Sequences,
    running: Vec<Running>,
    waiting: VecDeque<Job>,
    /// Those that stepped back, the first to return first.
    stepped_back: VecDeque<Running>,
    /// Prompt tokens that are read in a second, as far as known.
    speed: Option<f64>,
    /// Tokens that the context takes in one batch; fewer than [`LONGEST_PIECE`] where it is short.
    longest: usize,
}

impl Together {
    /// With a context and what keeps its conversations.
    pub(crate) fn new(model: Arc<Model>, context: LlamaContext<'static>, sequences: Sequences) -> Self {
        Self {
            longest: (context.n_batch() as usize).min(LONGEST_PIECE),
            model,
            context,
            batch: LlamaBatch::new(LONGEST_PIECE, 1),
            sequences,
            running: Vec::new(),
            waiting: VecDeque::new(),
            stepped_back: VecDeque::new(),
            speed: None,
        }
    }

    fn run(&mut self, works: &Works) -> Result<(), WorkerError> {
        loop {
            if self.running.is_empty() && self.waiting.is_empty() && self.stepped_back.is_empty() {
                match works.wait(|works| self.measure(works)) {
                    Some(job) => self.waiting.push_back(job),
                    None => return Ok(()),
                }
            }
            while let Some(job) = works.look() {
                self.waiting.push_back(job);
            }
            self.let_go_of_closed();
            self.admit();
            self.step()?;
        }
    }

    /// How fast the model reads and writes; `None` if something else has to be done meanwhile, or it cannot be told.
    fn measure(&mut self, works: &Works) -> Option<EngineSpeed> {
        let tokens: Vec<u32> = trial(self.model.tokens().size(), TRIAL_PROMPT + TRIAL_ANSWER).collect();
        if tokens.len() > self.model.context_length || TRIAL_PROMPT / 2 > self.longest {
            return None;
        }
        let number = self.sequences.seat(&mut self.context, &tokens)?.number;
        rewind(&mut self.context, number, 0);
        let begun = Instant::now();
        let (mut at, mut prompt_read) = (0, begun);
        while at < tokens.len() {
            let end = if at < TRIAL_PROMPT { at + TRIAL_PROMPT / 2 } else { at + 1 };
            self.batch.clear();
            for (place, token) in tokens.iter().enumerate().take(end).skip(at) {
                let is_last = place + 1 == end;
                let added = self.batch.add(LlamaToken::new(*token as i32), place as i32, &[number as i32], is_last);
                debug_assert!(added.is_ok(), "the batch is long enough");
            }
            let read = if works.is_one_waiting() { None } else { Some(self.context.decode(&mut self.batch)) };
            match read {
                Some(Ok(())) => {}
                Some(Err(DecodeError::NoKvCacheSlot)) if self.sequences.make_room(&mut self.context) => continue,
                Some(Err(_)) | None => {
                    self.sequences.drop_place(&mut self.context, number);
                    return None;
                }
            }
            self.context.synchronize();
            at = end;
            if at == TRIAL_PROMPT {
                prompt_read = Instant::now();
            }
        }
        let speed = |tokens: usize, time: Duration| tokens as f64 / time.as_secs_f64().max(1e-6);
        let measured = EngineSpeed {
            prompt_tok_s: speed(TRIAL_PROMPT, prompt_read - begun),
            tok_s: speed(TRIAL_ANSWER, prompt_read.elapsed()),
        };
        self.sequences.drop_place(&mut self.context, number);
        Some(measured)
    }

    /// Those that were cancelled keep nobody waiting; what they read stays in the cache.
    fn let_go_of_closed(&mut self) {
        self.waiting.retain(|job| !job.ticket.is_closed());
        self.stepped_back.retain(|running| !running.ticket.is_closed());
        let sequences = &mut self.sequences;
        self.running.retain(|running| {
            let closed = running.ticket.is_closed();
            if closed {
                sequences.leave(running.number, running.tokens.get(running.read).copied());
            }
            !closed
        });
    }

    /// Begins what waits, as far as there are places.
    fn admit(&mut self) {
        while self.running.len() < MOST_AT_ONCE {
            // Whoever stepped back comes first, and only where it need not step back again at once.
            if let Some(mut back) = self.stepped_back.pop_front() {
                if !self.running.is_empty() {
                    self.stepped_back.push_front(back);
                    return;
                }
                let Some(seat) = self.sequences.seat(&mut self.context, &back.tokens) else { return };
                (back.number, back.read) = (seat.number, seat.cached);
                self.running.push(back);
                continue;
            }
            let Some(job) = self.waiting.pop_front() else { return };
            let Some(begun) = job.begin(&self.model, self.sequences.known()) else { continue };
            let Begun { ticket, prompt, writer } = begun;
            let Some(seat) = self.sequences.seat(&mut self.context, &prompt) else {
                ticket.failed(&failed("find a place for the conversation", "every sequence is taken"));
                continue;
            };
            ticket.prefill(seat.cached, prompt.len(), seat.cached);
            self.running.push(Running {
                ticket,
                writer,
                number: seat.number,
                read: seat.cached,
                prompt: prompt.len(),
                cached: seat.cached,
                tokens: prompt,
                drawn_at: None,
                fed: 0,
            });
        }
    }

    /// One batch: fills it, computes it, and draws from what came of it.
    fn step(&mut self) -> Result<(), WorkerError> {
        if self.running.is_empty() {
            return Ok(());
        }
        let begun = Instant::now();
        let pieces = self.fill();
        match self.context.decode(&mut self.batch) {
            Ok(()) => {}
            Err(DecodeError::NoKvCacheSlot) => return self.make_room(),
            Err(error) => return self.give_up(&error.to_string()),
        }
        // A batch that only reads tells how fast reading is.
        if pieces >= SHORTEST_PIECE && self.running.len() == 1 {
            let read = self.running[0].fed as f64;
            self.context.synchronize();
            self.speed = Some(read / begun.elapsed().as_secs_f64().max(1e-6));
        }
        self.take_up();
        Ok(())
    }

    /// Puts into the batch the newest token of every answer, and of every prompt a piece. Returns how many tokens of
    /// prompts there are.
    fn fill(&mut self) -> usize {
        self.batch.clear();
        let writing = self.running.iter().filter(|running| !running.is_reading()).count();
        let mut left = piece(self.speed, writing > 0).min(self.longest.saturating_sub(writing));
        let mut pieces = 0;
        for running in &mut self.running {
            let reading = running.is_reading();
            let mut end = if reading { (running.read + left).min(running.tokens.len()) } else { running.tokens.len() };
            // What cannot be cut back is remembered as it stands before the prompt's last token.
            if reading && !self.sequences.rewinds() && end == running.prompt && end - running.read > 1 {
                end -= 1;
            }
            running.fed = end - running.read;
            running.drawn_at = None;
            if reading {
                left -= running.fed;
                pieces += running.fed;
            }
            for at in running.read..end {
                let is_last = at + 1 == running.tokens.len();
                if is_last {
                    running.drawn_at = Some(self.batch.n_tokens());
                }
                let token = LlamaToken::new(running.tokens[at] as i32);
                // There is room: pieces and answers together stay below the batch's length.
                let added = self.batch.add(token, at as i32, &[running.number as i32], is_last);
                debug_assert!(added.is_ok(), "the batch is long enough");
            }
        }
        pieces
    }

    /// Notes what was read, and draws.
    fn take_up(&mut self) {
        let mut ended = Vec::new();
        for (at, running) in self.running.iter_mut().enumerate() {
            let fed = std::mem::take(&mut running.fed);
            if fed == 0 {
                continue;
            }
            let read = running.read + fed;
            self.sequences.read(running.number, &running.tokens[running.read..read]);
            running.read = read;
            // One that had stepped back has told this once already.
            if read <= running.prompt && running.tokens.len() == running.prompt {
                running.ticket.prefill(read, running.prompt, running.cached);
            }
            let Some(place) = running.drawn_at else {
                if !self.sequences.rewinds() && read + 1 == running.prompt {
                    self.sequences.remember(&mut self.context, running.number);
                }
                continue;
            };
            match running.writer.draw(self.context.get_logits_ith(place)) {
                Draw::Token(token) => running.tokens.push(token),
                Draw::End(last) => {
                    running.writer.finish();
                    self.sequences.leave(running.number, last);
                    ended.push(at);
                }
            }
        }
        for at in ended.into_iter().rev() {
            self.running.remove(at);
        }
    }

    /// The pool of cells is full: first what nobody writes in goes, then the answer that began last steps back.
    fn make_room(&mut self) -> Result<(), WorkerError> {
        if self.sequences.make_room(&mut self.context) {
            return Ok(());
        }
        let Some(mut last) = self.running.pop() else { return Ok(()) };
        self.sequences.drop_place(&mut self.context, last.number);
        if self.running.is_empty() {
            // Alone, and still no room: what it was promised is not there.
            last.ticket.failed(&failed("compute the answer", "the KV cache has no room for a single conversation"));
            return Ok(());
        }
        tracing::info!("the KV cache is full: an answer waits for another to end");
        last.read = 0;
        self.stepped_back.push_back(last);
        Ok(())
    }

    /// The engine could not compute. Nothing in its cache can be trusted, so all that is being written fails.
    fn give_up(&mut self, why: &str) -> Result<(), WorkerError> {
        let error = failed("compute the answer", why);
        for running in self.running.drain(..) {
            running.ticket.failed(&error);
        }
        self.sequences.clear(&mut self.context);
        Ok(())
    }
}

impl Scribe for Together {
    fn write(mut self: Box<Self>, works: &Works) -> Result<(), WorkerError> {
        self.run(works)
    }
}

/// How many tokens of prompts to read in one step, at so many a second.
fn piece(speed: Option<f64>, beside_others: bool) -> usize {
    let (time, shortest) = if beside_others { (PIECE_BESIDE, SHORTEST_PIECE) } else { (PIECE, SHORTEST_ALONE) };
    let tokens = speed.map_or(FIRST_PIECE, |speed| (speed * time.as_secs_f64()) as usize);
    // The nearest whole number of the kernels' tiles.
    ((tokens + SHORTEST_PIECE / 2) / SHORTEST_PIECE * SHORTEST_PIECE).clamp(shortest, LONGEST_PIECE)
}

fn failed(doing: &'static str, detail: &str) -> WorkerError {
    WorkerError::EngineFailed { doing, detail: detail.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_follow_the_models_speed_and_are_short_while_others_write() {
        assert_eq!(piece(None, false), FIRST_PIECE);
        assert_eq!(piece(Some(140.0), false), 256, "280 would be two seconds");
        assert_eq!(piece(Some(50.0), false), 128, "100");
        assert_eq!(piece(Some(140.0), true), 64, "35 would be a quarter of one");
        assert_eq!(piece(Some(5.0), false), SHORTEST_ALONE);
        assert_eq!(piece(Some(1e6), false), LONGEST_PIECE);
    }
}
