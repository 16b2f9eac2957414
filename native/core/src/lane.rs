//! The lane: the records of a piece of a file gone through in order, by several threads where that is wanted.

use std::thread;

use crate::answer::Answer;
use crate::envelope::Envelope;
use crate::known::Known;
use crate::part::{Before, Checker, Part, Room};
use crate::plan::{PlanSource, RecordType};
use crate::seam::{Seam, cuts};
use crate::table::Table;

/// How records stand in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// As elements of a JSON array, whose brackets stand around all of the file.
    Array,
    /// One on each line.
    Lines,
    /// As rows of delimited text under a header, which stands before.
    Rows,
}

/// Where in a file a text stands.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    pub layout: Layout,
    pub before: Before,
    /// Whether the file ends with it.
    pub is_last: bool,
    /// How many threads go through it.
    pub threads: usize,
}

pub struct Lane {
    checker: Checker,
    known: Known,
    rooms: Vec<Room>,
    seam: Option<Seam>,
}

impl Lane {
    pub fn new(source: PlanSource) -> Self {
        Lane {
            checker: Checker {
                types: source.types.iter().map(|each| RecordType::of(each, &source.timestamp)).collect(),
                envelope: Envelope::of(source.envelope),
                longest: source.longest,
                table: Table::default(),
            },
            known: Known::new(source.spaces, source.most_known),
            rooms: Vec::new(),
            seam: None,
        }
    }

    /// Forgets what it has seen of a file, and gives back the room that it took for that: another file follows.
    pub fn forget(&mut self) {
        self.known = self.known.empty();
        self.rooms.clear();
        self.seam = None;
        self.checker.table = Table::default();
    }

    /// Takes in how the rows of a file are written, each of which is a record of the type `0`. `names` are those of the
    /// fields that its columns hold; cells from the column `used` on have to be empty.
    pub fn set_table(&mut self, delimiter: u8, names: &[Option<String>], used: usize) {
        self.checker.table = Table::new(delimiter, names, used, &self.checker.types[0].schema.names);
    }

    /// Goes through a text that begins where a value does, or right after one, as far as its values are whole.
    pub fn check(&mut self, text: &[u8], context: Context) -> Answer {
        let cuts = cuts(text, context.layout, self.seam.as_ref(), context.threads);
        self.rooms.resize_with(self.rooms.len().max(cuts.len() + 1), Room::default);
        if cuts.is_empty() {
            return self.check_alone(text, context);
        }
        let begins: Vec<usize> = [0].into_iter().chain(cuts.iter().copied()).collect();
        let ends = cuts.iter().copied().chain([text.len()]);
        let (checker, known) = (&self.checker, &self.known);
        let found: Vec<Answer> = thread::scope(|scope| {
            let parts = begins.iter().zip(ends).zip(&mut self.rooms);
            let handles: Vec<_> = parts
                .map(|((begin, end), room)| {
                    let before = if *begin == 0 { context.before } else { Before::Value };
                    room.known.begin(known);
                    let context = Context { before, ..context };
                    scope.spawn(move || go_through(checker, known, room, text, *begin, end, context).0)
                })
                .collect();
            handles.into_iter().map(|handle| handle.join().expect("a thread that panics ends the run")).collect()
        });
        // Invariant: a part begins where a value does, or ends, if the one before it was gone through up to that place
        // and no further. A wrong cut costs time, and changes no answer.
        let mut whole = Answer::of(&self.checker.types);
        for ((answer, begin), room) in found.into_iter().zip(begins).zip(&self.rooms) {
            if begin != whole.consumed || whole.stuck {
                break;
            }
            whole.append(answer);
            self.known.take(&room.known);
        }
        whole
    }

    fn check_alone(&mut self, text: &[u8], context: Context) -> Answer {
        let none = Known::default();
        let room = &mut self.rooms[0];
        std::mem::swap(&mut room.known, &mut self.known);
        let (answer, seam) = go_through(&self.checker, &none, room, text, 0, text.len(), context);
        std::mem::swap(&mut room.known, &mut self.known);
        self.seam = self.seam.take().or(seam);
        answer
    }
}

fn go_through(
    checker: &Checker,
    known: &Known,
    room: &mut Room,
    text: &[u8],
    begin: usize,
    end: usize,
    context: Context,
) -> (Answer, Option<Seam>) {
    let mut part = Part::new(checker, known, room, text, begin);
    match context.layout {
        Layout::Array => part.go_through_array(context.before, end),
        Layout::Rows => part.go_through_rows(end, context.is_last),
        Layout::Lines => part.go_through_lines(end, context.is_last),
    }
    part.done()
}

#[cfg(test)]
mod tests;
