//! What is found in a text: how many records nobody needs to look at again, their facts, and which ones somebody must.

use crate::facts::Stream;
use crate::plan::RecordType;

/// A value of the text that is not vouched for, wholly or in part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The number of its first record in the text.
    pub number: u32,
    pub begin: u32,
    pub end: u32,
    /// How many lines end before it.
    pub lines: u32,
    /// Of a value with several records whose envelope is right: which of them are not vouched for. None where that is
    /// all of it.
    pub entries: Option<Vec<u32>>,
}

/// A place from which on values can be read again: the number of the first record there, its first byte, and how many
/// lines end before it.
pub type Mark = (u32, u32, u32);

/// What was found in a text, or in a part of one.
#[derive(Debug, Default)]
pub struct Answer {
    /// Up to where the text was gone through: the comma or bracket after a value, or the beginning of a line.
    pub consumed: usize,
    /// Whether no more bytes help to go on from there: whoever knows more has to.
    pub stuck: bool,
    /// Whether it stopped with whole values ahead, so that there is not too much to look at.
    pub paused: bool,
    /// How many values there are, all in all.
    pub values: u32,
    /// How many records there are in them.
    pub count: u32,
    /// How many lines end before `consumed`.
    pub lines: u32,
    pub marks: Vec<Mark>,
    /// Of each type, whether an envelope that is right names it.
    pub named: Vec<bool>,
    /// Of each type, how many records are vouched for.
    pub vouched: Vec<u32>,
    /// The numbers of the records that are vouched for, of types for which they are wanted.
    pub numbers: Vec<Vec<u32>>,
    pub refused: Vec<Refused>,
    /// Of each type, the facts of its streams.
    pub facts: Vec<Vec<StreamFacts>>,
}

/// The facts of one stream, as columns. `items` and `payloads` are empty where the stream has none.
#[derive(Debug, Default, Clone)]
pub struct StreamFacts {
    pub stream: u32,
    /// 16 bytes each, the highest first.
    pub digests: Vec<u8>,
    /// The number of the record in the text.
    pub at: Vec<u32>,
    pub items: Vec<u32>,
    pub payloads: Vec<u8>,
}

impl Answer {
    pub fn of(types: &[RecordType]) -> Self {
        let none = |stream: &Stream| StreamFacts { stream: stream.number, ..StreamFacts::default() };
        Answer {
            named: vec![false; types.len()],
            vouched: vec![0; types.len()],
            numbers: vec![Vec::new(); types.len()],
            facts: types.iter().map(|each| each.streams.iter().map(none).collect()).collect(),
            ..Answer::default()
        }
    }

    /// Takes in what was found in the part that follows.
    pub fn append(&mut self, next: Answer) {
        let (count, lines) = (self.count, self.lines);
        self.consumed = next.consumed;
        self.stuck = next.stuck;
        self.paused = next.paused;
        self.values += next.values;
        self.count += next.count;
        self.lines += next.lines;
        self.marks.extend(next.marks.into_iter().map(|(number, begin, line)| (count + number, begin, lines + line)));
        self.refused.extend(next.refused.into_iter().map(|each| Refused {
            number: count + each.number,
            lines: lines + each.lines,
            ..each
        }));
        for (own, more) in self.named.iter_mut().zip(next.named) {
            *own |= more;
        }
        for (own, more) in self.vouched.iter_mut().zip(next.vouched) {
            *own += more;
        }
        for (own, more) in self.numbers.iter_mut().zip(next.numbers) {
            own.extend(more.into_iter().map(|number| count + number));
        }
        for (own, more) in self.facts.iter_mut().flatten().zip(next.facts.into_iter().flatten()) {
            own.digests.extend(more.digests);
            own.at.extend(more.at.into_iter().map(|number| count + number));
            own.items.extend(more.items);
            own.payloads.extend(more.payloads);
        }
    }
}
