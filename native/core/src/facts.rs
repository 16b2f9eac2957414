//! Facts about keys: the digest of each key that a record names, as Python's lane writes them, byte for byte.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha512_256};
use xxhash_rust::xxh3::xxh3_128_with_seed;

use crate::ask::{Asker, Fields};
use crate::names::Names;
use crate::scan::{Doubt, Kind, Sure, Value};
use crate::schema::Mask;
use crate::text::content;
use crate::timestamp::moment;

mod source;

use source::PartSource;
pub use source::StreamSource;

/// What stands between the parts of a key.
const BETWEEN: u8 = 0x1F;

pub struct Stream {
    pub number: u32,
    seed: u64,
    parts: Vec<Part>,
    each: Option<usize>,
    split: Vec<u8>,
    pieces: usize,
    payload: Option<Payload>,
    digits: Option<(usize, bool)>,
    given: Option<usize>,
    unless_given: Option<usize>,
    empty_counts: bool,
    /// The part that is a list.
    listed: Option<usize>,
    /// The fields without all of which a record has no key here.
    needs: Mask,
    pub defines: Option<usize>,
    pub refers: Option<usize>,
}

struct Part {
    /// The first of them that is given has the text.
    fields: Vec<usize>,
    is_moment: bool,
    absent: Option<String>,
    set: Option<usize>,
    prefix: String,
}

struct Payload {
    seed: u64,
    field: usize,
    absent: Option<String>,
    each: bool,
}

/// One fact of a record.
pub struct Fact {
    /// The place of its stream among those of the record type.
    pub stream: usize,
    pub digest: u128,
    pub item: u32,
    pub payload: Option<u128>,
}

impl Stream {
    pub fn of(source: &StreamSource, names: &mut Names) -> Self {
        let parts: Vec<Part> = source.parts.iter().map(|part| Part::of(part, names)).collect();
        let each = (!source.each.is_empty()).then(|| names.add(&source.each));
        let given = (!source.given.is_empty()).then(|| names.add(&source.given));
        let unless_given = (!source.unless_given.is_empty()).then(|| names.add(&source.unless_given));
        let digits = source.digits.as_ref().map(|digits| (names.add(&digits.field), digits.padded));
        let needed = parts.iter().filter_map(Part::needs);
        let needed = needed.chain(each).chain(given).filter(|number| *number < 128);
        Stream {
            number: source.number,
            seed: source.seed,
            needs: needed.fold(0, |mask, number| mask | 1 << number),
            unless_given,
            empty_counts: source.empty_counts,
            listed: source.parts.iter().position(|part| part.is_list),
            parts,
            each,
            digits,
            split: source.split.clone().into_bytes(),
            pieces: source.pieces,
            payload: source.payload.as_ref().map(|payload| Payload {
                seed: payload.seed,
                field: names.add(&payload.field),
                absent: payload.absent.clone(),
                each: payload.each,
            }),
            given,
            defines: source.defines,
            refers: source.refers,
        }
    }

    /// Whether the first fact of a text is enough.
    pub fn is_once(&self) -> bool {
        self.digits.is_some_and(|(_, padded)| padded)
    }

    /// Whether its keys are items of a list.
    pub fn is_listed(&self) -> bool {
        self.each.is_some() || self.listed.is_some()
    }

    /// Reads the facts of a record off its fields. `key` is room to work in.
    pub fn read(
        &self,
        place: usize,
        asker: &Asker,
        fields: &Fields,
        key: &mut Vec<u8>,
        facts: &mut Vec<Fact>,
    ) -> Sure<()> {
        if !fields.has_all(self.needs) {
            return Ok(());
        }
        if let Some(given) = self.given
            && filled(asker, fields.given(given))?.is_none()
        {
            return Ok(());
        }
        let other = self.unless_given.and_then(|field| fields.given(field));
        if other.is_some_and(|other| self.empty_counts || other.kind != Kind::Text || other.begin < other.end) {
            return Ok(());
        }
        if let Some(listed) = self.listed {
            return self.read_items(listed, place, asker, fields, facts);
        }
        if let Some(each) = self.each {
            let listed = fields.given(each);
            return listed.map_or(Ok(()), |listed| self.read_list(place, asker, listed, key, facts));
        }
        if let Some((field, padded)) = self.digits {
            let text = filled(asker, fields.given(field))?.unwrap_or_default();
            if text.iter().all(u8::is_ascii_digit)
                && text.first().is_some_and(|first| (*first == b'0') == padded)
                && *text != *b"0"
            {
                // The payload is the length in 8 bytes, the lowest first, and 8 bytes of nothing.
                let payload = Some(u128::from((text.len() as u64).swap_bytes()) << 64);
                facts.push(Fact { stream: place, digest: xxh3_128_with_seed(b"", self.seed), item: 0, payload });
            }
            return Ok(());
        }
        key.clear();
        for (number, part) in self.parts.iter().enumerate() {
            if number > 0 {
                key.push(BETWEEN);
            }
            if !part.read(asker, fields, key)? {
                return Ok(());
            }
        }
        if !self.split.is_empty() {
            let text = std::mem::take(key);
            if !self.take_apart(&text, key)? {
                return Ok(());
            }
        } else if self.parts.len() > 1 && key.iter().filter(|byte| **byte == BETWEEN).count() >= self.parts.len() {
            return Err(Doubt::Odd);
        }
        let digest = xxh3_128_with_seed(key, self.seed);
        let fact = |payload| Fact { stream: place, digest, item: 0, payload };
        match &self.payload {
            None => facts.push(fact(None)),
            Some(payload) => payload.read(asker, fields, |digest| facts.push(fact(Some(digest))))?,
        }
        Ok(())
    }

    /// Reads the keys that have each item of a list as one of their parts.
    fn read_items(
        &self,
        listed: usize,
        place: usize,
        asker: &Asker,
        fields: &Fields,
        facts: &mut Vec<Fact>,
    ) -> Sure<()> {
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for part in &self.parts[..listed] {
            if !part.read(asker, fields, &mut before)? {
                return Ok(());
            }
            before.push(BETWEEN);
        }
        for part in &self.parts[listed + 1..] {
            after.push(BETWEEN);
            if !part.read(asker, fields, &mut after)? {
                return Ok(());
            }
        }
        let Some(list) = fields.given(self.parts[listed].fields[0]) else { return Ok(()) };
        let between = before.iter().chain(&after).filter(|byte| **byte == BETWEEN).count();
        let mut item = 0;
        asker.for_texts(list, |text| {
            if between >= self.parts.len() || text.contains(&BETWEEN) {
                return Err(Doubt::Odd);
            }
            let digest = xxh3_128_with_seed(&[&before[..], &text, &after].concat(), self.seed);
            facts.push(Fact { stream: place, digest, item, payload: None });
            item += 1;
            Ok(())
        })
    }

    fn read_list(
        &self,
        place: usize,
        asker: &Asker,
        listed: &Value,
        key: &mut Vec<u8>,
        facts: &mut Vec<Fact>,
    ) -> Sure<()> {
        let mut item = 0;
        asker.for_texts(listed, |text| {
            key.clear();
            let is_key = if self.split.is_empty() {
                key.extend_from_slice(&text);
                true
            } else {
                self.take_apart(&text, key)?
            };
            if is_key {
                let digest = xxh3_128_with_seed(key, self.seed);
                facts.push(Fact { stream: place, digest, item, payload: None });
            }
            item += 1;
            Ok(())
        })
    }

    /// The key that a text with separators says; false where it has another number of parts.
    fn take_apart(&self, text: &[u8], key: &mut Vec<u8>) -> Sure<bool> {
        if text.contains(&BETWEEN) {
            return Err(Doubt::Odd);
        }
        key.clear();
        let (mut rest, mut pieces) = (text, 1);
        while let Some(at) = memchr::memmem::find(rest, &self.split) {
            key.extend_from_slice(&rest[..at]);
            key.push(BETWEEN);
            rest = &rest[at + self.split.len()..];
            pieces += 1;
        }
        key.extend_from_slice(rest);
        Ok(pieces == self.pieces)
    }
}

impl Part {
    fn of(source: &PartSource, names: &mut Names) -> Self {
        Part {
            fields: [&source.field].into_iter().chain(&source.next_fields).map(|field| names.add(field)).collect(),
            is_moment: source.is_moment,
            absent: source.absent.clone(),
            set: (!source.set.is_empty()).then(|| names.add(&source.set)),
            prefix: source.prefix.clone(),
        }
    }

    /// A field without which the part is absent, and nothing stands for it.
    fn needs(&self) -> Option<usize> {
        (self.absent.is_none() && self.set.is_none() && self.fields.len() == 1).then_some(self.fields[0])
    }

    /// Adds the part to a key; false where it is absent and nothing stands for it.
    fn read(&self, asker: &Asker, fields: &Fields, key: &mut Vec<u8>) -> Sure<bool> {
        for field in &self.fields {
            if let Some(text) = filled(asker, fields.given(*field))? {
                if self.is_moment {
                    key.extend_from_slice(moment(&text).ok_or(Doubt::Odd)?.as_bytes());
                } else {
                    key.extend_from_slice(&text);
                }
                return Ok(true);
            }
        }
        let set = self.set.and_then(|set| fields.given(set));
        if let Some(digest) = set.map(|set| digest_of_set(asker, set)).transpose()?.flatten() {
            key.extend_from_slice(self.prefix.as_bytes());
            key.extend_from_slice(digest.as_bytes());
            return Ok(true);
        }
        let Some(absent) = &self.absent else { return Ok(false) };
        key.extend_from_slice(absent.as_bytes());
        Ok(true)
    }
}

impl Payload {
    fn read(&self, asker: &Asker, fields: &Fields, mut fact: impl FnMut(u128)) -> Sure<()> {
        let value = fields.given(self.field);
        if let Some(listed) = value.filter(|value| self.each && value.kind == Kind::List) {
            let mut count = 0;
            asker.for_texts(listed, |text| {
                count += 1;
                fact(xxh3_128_with_seed(&text, self.seed));
                Ok(())
            })?;
            if count > 0 {
                return Ok(());
            }
        } else if let Some(text) = filled(asker, value)? {
            fact(xxh3_128_with_seed(&text, self.seed));
            return Ok(());
        }
        if let Some(absent) = &self.absent {
            fact(xxh3_128_with_seed(absent.as_bytes(), self.seed));
        }
        Ok(())
    }
}

/// The digest of a set of texts, in whatever order they are listed: of their SHA-512/256, the unpadded base64url. None of
/// the empty set.
fn digest_of_set(asker: &Asker, listed: &Value) -> Sure<Option<String>> {
    let mut texts = Vec::new();
    asker.for_texts(listed, |text| {
        texts.push(text);
        Ok(())
    })?;
    texts.sort_unstable();
    let joined = texts.join(&b","[..]);
    Ok((!texts.is_empty()).then(|| URL_SAFE_NO_PAD.encode(Sha512_256::digest(joined))))
}

/// The text of a value that is given and not empty. Other values may be parts of keys, too: Python knows how.
fn filled<'a>(asker: &Asker<'a>, given: Option<&Value>) -> Sure<Option<Cow<'a, [u8]>>> {
    match given {
        None => Ok(None),
        Some(value) if value.kind == Kind::Text => {
            Ok(Some(content(asker.bytes, value)).filter(|text| !text.is_empty()))
        }
        Some(_) => Err(Doubt::Odd),
    }
}
