//! Which byte of a file is whose: what nobody has asked for yet, what comes by which connection, what is written.
//!
//! Pure bookkeeping under one lock; no file and no network. A connection *receives* into its slot before the writer
//! has *written* it; between the two nobody else may be given those bytes. The slots are what the journal keeps.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Instant;

/// What a journal says of one run of bytes: from `start`, whole up to `written`, safe from a power cut up to `synced`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) start: u64,
    /// Where the bytes end that were meant to be written here.
    pub(super) end: u64,
    pub(super) written: u64,
    pub(super) synced: u64,
}

/// One run of bytes. All fields are positions in the file.
#[derive(Clone, Debug)]
struct Slot {
    start: u64,
    end: u64,
    received: u64,
    written: u64,
    synced: u64,
    open: Option<Opened>,
}

/// Since when a connection works on a slot, and from where.
#[derive(Clone, Copy, Debug)]
struct Opened {
    since: Instant,
    from: u64,
}

/// Which slot it is: its place in the journal.
pub(super) type SlotId = usize;

/// The bookkeeping of one file.
#[derive(Debug)]
pub(super) struct Segments {
    size: u64,
    slots: Vec<Slot>,
    /// What nobody has: start → end.
    pending: BTreeMap<u64, u64>,
    /// The slots with bytes, by where they start.
    by_start: BTreeMap<u64, SlotId>,
    /// Slots without bytes, to be used again.
    idle: Vec<SlotId>,
    frontier: u64,
    written: u64,
    synced: u64,
}

impl Segments {
    /// The bookkeeping of a file of `size` bytes of which `extents` are there; extent n becomes slot n. `None` where
    /// they contradict each other or the size.
    pub(super) fn new(size: u64, extents: &[Extent]) -> Option<Self> {
        let mut all = Self {
            size,
            slots: Vec::new(),
            pending: BTreeMap::new(),
            by_start: BTreeMap::new(),
            idle: Vec::new(),
            frontier: 0,
            written: 0,
            synced: 0,
        };
        for (id, extent) in extents.iter().enumerate() {
            let Extent { start, written, synced, .. } = *extent;
            if start >= written || written > size || synced < start || synced > written {
                return None;
            }
            all.slots.push(Slot { start, end: written, received: written, written, synced, open: None });
            all.by_start.insert(start, id).is_none().then_some(())?;
            all.written += written - start;
            all.synced += synced - start;
        }
        let mut at = 0;
        for id in all.by_start.values() {
            let slot = all.slots.get(*id)?;
            if slot.start < at {
                return None;
            }
            if slot.start > at {
                all.pending.insert(at, slot.start);
            }
            at = slot.end;
        }
        if at < size {
            all.pending.insert(at, size);
        }
        Some(all)
    }

    /// Hands out the first bytes that nobody has, `step` of them at most.
    pub(super) fn take(&mut self, step: u64, now: Instant) -> Option<SlotId> {
        let (start, end) = self.pending.pop_first()?;
        let cut = end.min(start.saturating_add(step.max(1)));
        if cut < end {
            self.pending.insert(cut, end);
        }
        // A piece that goes on where a finished one ended shares its slot, so that retries do not fill the journal.
        let id = match self.closed_at(start) {
            Some(id) => {
                self.slots[id].end = cut;
                id
            }
            None => self.add(start, cut),
        };
        self.slots[id].open = Some(Opened { since: now, from: start });
        Some(id)
    }

    /// Hands out the later half of what the slowest connection still has to bring, where that is more than `least`.
    pub(super) fn steal(&mut self, least: u64, now: Instant) -> Option<SlotId> {
        let slow = |slot: &Slot| -> Option<f64> {
            let opened = slot.open.filter(|_| slot.end - slot.received > least.max(1))?;
            let pace = (slot.received - opened.from) as f64 / (now - opened.since).as_secs_f64().max(0.001);
            Some((slot.end - slot.received) as f64 / pace.max(1.0))
        };
        let times = self.slots.iter().enumerate().filter_map(|(id, slot)| Some((id, slow(slot)?)));
        let (victim, _) = times.max_by(|(_, one), (_, other)| one.total_cmp(other))?;
        let slot = self.slots.get_mut(victim)?;
        let (middle, end) = (slot.received + (slot.end - slot.received) / 2, slot.end);
        slot.end = middle;
        let id = self.add(middle, end);
        self.slots[id].open = Some(Opened { since: now, from: middle });
        Some(id)
    }

    fn closed_at(&self, end: u64) -> Option<SlotId> {
        let (_, id) = self.by_start.range(..end).next_back()?;
        self.slots.get(*id).filter(|slot| slot.open.is_none() && slot.end == end && slot.received == end).map(|_| *id)
    }

    fn add(&mut self, start: u64, end: u64) -> SlotId {
        let slot = Slot { start, end, received: start, written: start, synced: start, open: None };
        let id = self.idle.pop().unwrap_or(self.slots.len());
        match self.slots.get_mut(id) {
            Some(idle) => *idle = slot,
            None => self.slots.push(slot),
        }
        self.by_start.insert(start, id);
        id
    }

    /// What the slot's connection still has to bring.
    pub(super) fn missing(&self, id: SlotId) -> Range<u64> {
        self.slots.get(id).map_or(0..0, |slot| slot.received..slot.end)
    }

    /// `bytes` have come for this slot; returns how many of them are wanted (fewer after a theft), from where on.
    pub(super) fn receive(&mut self, id: SlotId, bytes: u64) -> (u64, u64) {
        let Some(slot) = self.slots.get_mut(id) else { return (0, 0) };
        let (at, wanted) = (slot.received, bytes.min(slot.end - slot.received));
        slot.received += wanted;
        (at, wanted)
    }

    /// The next `bytes` of what the slot received are in the file.
    pub(super) fn wrote(&mut self, id: SlotId, bytes: u64) {
        if let Some(slot) = self.slots.get_mut(id) {
            let bytes = bytes.min(slot.received - slot.written);
            slot.written += bytes;
            self.written += bytes;
        }
    }

    /// The slot's connection is gone; what it has not brought is nobody's again.
    pub(super) fn release(&mut self, id: SlotId) {
        let Some(slot) = self.slots.get_mut(id) else { return };
        slot.open = None;
        let (start, mut from, mut to) = (slot.start, slot.received, slot.end);
        slot.end = from;
        if start == from {
            self.by_start.remove(&start);
            self.idle.push(id);
        }
        if from == to {
            return;
        }
        if let Some(end) = self.pending.remove(&to) {
            to = end;
        }
        if let Some((before, end)) = self.pending.range(..from).next_back().map(|(start, end)| (*start, *end))
            && end == from
        {
            from = before;
        }
        self.pending.insert(from, to);
    }

    /// The first position that is not written: everything before it is.
    pub(super) fn frontier(&mut self) -> u64 {
        while let Some((_, id)) = self.by_start.range(..=self.frontier).next_back() {
            match self.slots.get(*id) {
                Some(slot) if slot.written > self.frontier => self.frontier = slot.written,
                _ => break,
            }
        }
        self.frontier
    }

    /// Bytes that are written.
    pub(super) fn written(&self) -> u64 {
        self.written
    }

    /// Bytes that are written and not yet safe from a power cut.
    pub(super) fn unsynced(&self) -> u64 {
        self.written - self.synced
    }

    /// Whether there are bytes that nobody brings.
    pub(super) fn has_more(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Whether every byte is written.
    pub(super) fn complete(&self) -> bool {
        self.written == self.size
    }

    /// What the journal keeps of a slot.
    pub(super) fn extent(&self, id: SlotId) -> Option<Extent> {
        let Slot { start, end, written, synced, .. } = *self.slots.get(id)?;
        Some(Extent { start, end, written, synced })
    }

    /// How far each slot is written, of those that are not all synced.
    pub(super) fn to_sync(&self) -> Vec<(SlotId, u64)> {
        let slots = self.slots.iter().enumerate().filter(|(_, slot)| slot.written > slot.synced);
        slots.map(|(id, slot)| (id, slot.written)).collect()
    }

    /// A slot is safe from a power cut up to this position.
    pub(super) fn synced(&mut self, id: SlotId, up_to: u64) {
        if let Some(slot) = self.slots.get_mut(id) {
            let up_to = up_to.clamp(slot.synced, slot.written);
            self.synced += up_to - slot.synced;
            slot.synced = up_to;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn fresh(size: u64) -> Segments {
        Segments::new(size, &[]).expect("no extents, no contradiction")
    }

    #[test]
    fn pieces_are_handed_out_in_order() {
        let mut segments = fresh(10);
        let now = Instant::now();
        let first = segments.take(4, now).expect("bytes are left");
        let second = segments.take(4, now).expect("bytes are left");
        let third = segments.take(4, now).expect("bytes are left");
        assert_eq!((segments.missing(first), segments.missing(second), segments.missing(third)), (0..4, 4..8, 8..10));
        assert_eq!(segments.take(4, now), None);
    }

    #[test]
    fn the_slowest_connection_gives_half_of_its_rest_away() {
        let mut segments = fresh(200);
        let begun = Instant::now();
        let (quick, slow) = (segments.take(100, begun).expect("some"), segments.take(100, begun).expect("some"));
        segments.receive(quick, 60);
        segments.receive(slow, 20);
        let stolen = segments.steal(2, begun + Duration::from_secs(1)).expect("there is enough left");
        assert_eq!(segments.missing(slow), 120..160, "its end is lowered");
        assert_eq!(segments.missing(stolen), 160..200);
        assert_eq!(segments.receive(slow, 50), (120, 40), "what comes beyond the new end is not wanted");
        assert_eq!(segments.receive(slow, 50), (160, 0));
        assert_eq!(segments.steal(1000, begun + Duration::from_secs(1)), None, "too little to be worth it");
    }

    #[test]
    fn a_retried_piece_goes_on_in_the_same_slot() {
        let mut segments = fresh(100);
        let id = segments.take(50, Instant::now()).expect("some");
        segments.receive(id, 10);
        segments.release(id);
        assert_eq!(segments.take(50, Instant::now()), Some(id), "or the journal would grow with every retry");
        assert_eq!(segments.missing(id), 10..60);
    }

    #[test]
    fn the_frontier_stops_at_the_first_hole() {
        let mut segments = fresh(30);
        let now = Instant::now();
        let (first, second) = (segments.take(10, now).expect("some"), segments.take(10, now).expect("some"));
        segments.receive(second, 10);
        segments.wrote(second, 10);
        assert_eq!(segments.frontier(), 0);
        segments.receive(first, 10);
        segments.wrote(first, 7);
        assert_eq!(segments.frontier(), 7);
        segments.wrote(first, 3);
        assert_eq!(segments.frontier(), 20);
    }

    #[test]
    fn extents_that_contradict_each_other_are_refused() {
        let extent = |start, written, synced| Extent { start, end: written, written, synced };
        assert!(Segments::new(10, &[extent(0, 5, 5), extent(4, 6, 4)]).is_none(), "they overlap");
        assert!(Segments::new(10, &[extent(0, 11, 0)]).is_none(), "longer than the file");
        assert!(Segments::new(10, &[extent(3, 2, 3)]).is_none(), "ends before it starts");
        assert!(Segments::new(10, &[extent(1, 3, 4)]).is_none(), "more synced than written");
        assert!(Segments::new(10, &[extent(1, 3, 1), extent(1, 2, 1)]).is_none(), "twice from one place");
        assert!(Segments::new(10, &[extent(6, 10, 6), extent(0, 6, 2)]).is_some(), "in any order");
    }

    /// The world around the bookkeeping: what is queued for the writer, and how often each byte was written.
    struct World {
        segments: Segments,
        size: u64,
        open: Vec<SlotId>,
        queued: Vec<(SlotId, u64, u64)>,
        writes: Vec<u8>,
        now: Instant,
    }

    impl World {
        fn step(&mut self, what: u8, which: usize, bytes: u64) {
            self.now += Duration::from_millis(7);
            match what {
                0 => self.open.extend(self.segments.take(bytes, self.now)),
                1 => self.open.extend(self.segments.steal(2, self.now)),
                2 | 3 if !self.open.is_empty() => {
                    let id = self.open[which % self.open.len()];
                    let (at, wanted) = self.segments.receive(id, bytes);
                    if wanted > 0 {
                        self.queued.push((id, at, wanted));
                    }
                }
                4 if !self.open.is_empty() => {
                    let id = self.open.remove(which % self.open.len());
                    self.segments.release(id);
                }
                5 | 6 => self.write_one(),
                7 => {
                    for (id, written) in self.segments.to_sync() {
                        self.segments.synced(id, written);
                    }
                }
                8 => self.kill(),
                _ => {}
            }
        }

        fn write_one(&mut self) {
            if !self.queued.is_empty() {
                let (id, at, bytes) = self.queued.remove(0);
                for byte in at..at + bytes {
                    self.writes[byte as usize] += 1;
                }
                self.segments.wrote(id, bytes);
            }
        }

        /// What was queued is lost; what was written is known from the slots.
        fn kill(&mut self) {
            let slots = self.segments.slots.len();
            let extents = (0..slots).filter_map(|id| self.segments.extent(id));
            let extents: Vec<Extent> = extents.filter(|extent| extent.written > extent.start).collect();
            self.segments = Segments::new(self.size, &extents).expect("our own slots agree with each other");
            self.open.clear();
            self.queued.clear();
        }

        fn finish(&mut self) {
            while !self.segments.complete() {
                while !self.queued.is_empty() {
                    self.write_one();
                }
                for id in std::mem::take(&mut self.open) {
                    self.segments.release(id);
                }
                if let Some(id) = self.segments.take(u64::MAX, self.now) {
                    let (at, wanted) = self.segments.receive(id, u64::MAX);
                    self.queued.push((id, at, wanted));
                    self.open.push(id);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn every_byte_is_written_exactly_once_whatever_happens(
            size in 1_u64..400,
            steps in proptest::collection::vec((0_u8..9, 0_usize..8, 1_u64..60), 0..200),
        ) {
            let now = Instant::now();
            let mut world =
                World { segments: fresh(size), size, open: vec![], queued: vec![], writes: vec![0; size as usize], now };
            for (what, which, bytes) in steps {
                world.step(what, which, bytes);
                let frontier = world.segments.frontier();
                prop_assert!(world.writes[..frontier as usize].iter().all(|times| *times == 1), "nothing is missing before it");
            }
            world.finish();
            prop_assert!(world.writes.iter().all(|times| *times == 1), "{:?}", world.writes);
            prop_assert_eq!(world.segments.frontier(), size);
            prop_assert!(world.segments.take(1, now).is_none());
        }
    }
}
