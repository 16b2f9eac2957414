//! How facts are read off records, as Python says it.

use serde::Deserialize;

/// How the keys of one stream of facts are read off records.
#[derive(Deserialize)]
pub struct StreamSource {
    pub number: u32,
    pub seed: u64,
    /// The parts of the key; none where `each` says it.
    pub parts: Vec<PartSource>,
    /// A field that lists keys; empty for one key a record.
    pub each: String,
    /// What stands between the parts of a key that is one text; empty where it is the key.
    pub split: String,
    /// How many parts such a key has.
    pub pieces: usize,
    pub payload: Option<PayloadSource>,
    /// Ids of digits alone, whose lengths are the facts.
    pub digits: Option<DigitsSource>,
    /// A field without which a record has no key here; empty where there is none.
    pub given: String,
    /// A field with which a record has no key here; empty where there is none.
    pub unless_given: String,
    /// Whether that field counts as given also where it is the empty text.
    pub empty_counts: bool,
    /// The space in which the keys are known to be defined from now on.
    pub defines: Option<usize>,
    /// The space in which keys that are known to be defined need no fact.
    pub refers: Option<usize>,
}

#[derive(Deserialize)]
pub struct PartSource {
    pub field: String,
    /// The fields that stand for it where it is absent, the first that is not.
    pub next_fields: Vec<String>,
    /// Whether the text is a timestamp, of which the part is the moment.
    pub is_moment: bool,
    /// Whether the field lists texts, each of which makes a key; so can one part at most.
    pub is_list: bool,
    /// What stands for a part that is absent; nothing does where it is null: the record then has no key.
    pub absent: Option<String>,
    /// A field with a set of texts, from whose digest the part is made where `field` is absent; or empty.
    pub set: String,
    /// What such a part begins with.
    pub prefix: String,
}

/// A value that goes with the key, as a digest.
#[derive(Deserialize)]
pub struct PayloadSource {
    pub seed: u64,
    pub field: String,
    /// What stands for a value that is absent; without it there is no fact.
    pub absent: Option<String>,
    /// Whether the field is a list, each item of which makes a fact.
    pub each: bool,
}

/// Ids that are digits alone.
#[derive(Deserialize)]
pub struct DigitsSource {
    pub field: String,
    /// Whether those with a zero in front are meant, of which the first is enough; those without otherwise.
    pub padded: bool,
}
