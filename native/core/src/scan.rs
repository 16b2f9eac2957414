//! JSON text gone through once, without a document: of each value only its kind and where it begins and ends are kept.

/// Deeper than this, nobody vouches for a value.
const DEEPEST: usize = 64;
/// So many digits fit both 64 bits and a double, whatever they are.
const MOST_DIGITS: usize = 15;
/// Up to so many names of an object are compared with each other one by one; more are sorted.
const FEW_NAMES: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Null,
    True,
    False,
    /// A number without fraction.
    Integer,
    /// A number with one.
    Number,
    Text,
    List,
    Object,
}

/// How the bytes of a text differ from what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escapes {
    None,
    /// Escapes of JSON, which begin with a backslash.
    Json,
    /// Quotes of a cell, each of which stands for one as two.
    Doubled,
}

/// A value: `begin` and `end` are bytes in what was scanned; those of a text leave its quotes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value {
    pub kind: Kind,
    pub begin: usize,
    pub end: usize,
    /// Of a text: whether its bytes are what it says.
    pub escapes: Escapes,
    /// Of a text: whether all its bytes are ASCII.
    pub ascii: bool,
}

impl Value {
    pub fn plain(kind: Kind, begin: usize, end: usize) -> Self {
        Value { kind, begin, end, escapes: Escapes::None, ascii: true }
    }
}

/// Why a text is not vouched for. Whoever knows more has to read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It is no JSON, or not UTF-8.
    Malformed,
    /// It may be JSON, but holds what readers disagree about: a name that stands twice or has escapes, a long number, an
    /// unpaired surrogate, values nested deep.
    Odd,
}

pub type Sure<T> = Result<T, Doubt>;

pub struct Scanner<'a> {
    pub bytes: &'a [u8],
    pub at: usize,
    /// Marks of the names of the objects that are open, innermost last.
    names: Vec<u64>,
}

impl<'a> Scanner<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Scanner { bytes, at: 0, names: Vec::new() }
    }

    /// The next byte; 0 at the end, which begins nothing in JSON.
    #[inline(always)]
    pub fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    /// The bytes of a value.
    #[inline(always)]
    pub fn within(&self, value: &Value) -> &'a [u8] {
        &self.bytes[value.begin..value.end]
    }

    /// Forgets the objects that were open when there was a doubt.
    pub fn forget(&mut self) {
        self.names.clear();
    }

    /// Goes to the end of the value that begins here, going by brackets and quotes alone: right about every value that is
    /// JSON. It does not move where there is none, and goes to the end of all where the value does not end.
    pub fn skip_value(&mut self) {
        let mut depth = 0usize;
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'"' => self.skip_text(),
                b'{' | b'[' => depth += 1,
                b'}' | b']' | b',' if depth == 0 => return,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 && (matches!(byte, b'"' | b'}' | b']') || matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t'))
            {
                break;
            }
        }
        self.at = self.at.min(self.bytes.len());
    }

    /// Goes to the closing quote of the text whose opening one is here, or to the end.
    fn skip_text(&mut self) {
        self.at += 1;
        while let Some(place) = self.bytes.get(self.at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
            self.at += place;
            if self.bytes[self.at] == b'"' {
                return;
            }
            self.at += 2;
        }
        self.at = self.bytes.len();
    }

    pub fn is_at_end(&self) -> bool {
        self.at == self.bytes.len()
    }

    #[inline(always)]
    pub fn skip_space(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    #[inline(always)]
    pub fn expect(&mut self, byte: u8) -> Sure<()> {
        if self.peek() != byte {
            return Err(Doubt::Malformed);
        }
        self.at += 1;
        Ok(())
    }

    /// Go on to the next item after one of an object or list that ends with `closing`; whether there is one.
    #[inline(always)]
    fn goes_on(&mut self, closing: u8) -> Sure<bool> {
        self.skip_space();
        let byte = self.peek();
        self.at += 1;
        match byte {
            b',' => {
                self.skip_space();
                Ok(true)
            }
            byte if byte == closing => Ok(false),
            _ => Err(Doubt::Malformed),
        }
    }

    /// The value that begins here.
    pub fn value(&mut self, depth: usize) -> Sure<Value> {
        let begin = self.at;
        match self.peek() {
            b'"' => self.text(),
            b'{' => {
                self.members(depth, |scanner, _| scanner.value(depth + 1).map(drop))?;
                Ok(Value::plain(Kind::Object, begin, self.at))
            }
            b'[' => {
                self.items(depth, |scanner| scanner.value(depth + 1).map(drop))?;
                Ok(Value::plain(Kind::List, begin, self.at))
            }
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.word(b"true", Kind::True),
            b'f' => self.word(b"false", Kind::False),
            b'n' => self.word(b"null", Kind::Null),
            _ => Err(Doubt::Malformed),
        }
    }

    /// Go through an object that begins here: `member` is called at each value, with its name, and goes through it.
    ///
    /// An object with a name that stands twice, or has escapes, is odd.
    #[inline(always)]
    pub fn members(&mut self, depth: usize, mut member: impl FnMut(&mut Self, Value) -> Sure<()>) -> Sure<()> {
        self.at += 1;
        self.skip_space();
        if self.peek() == b'}' {
            self.at += 1;
            return Ok(());
        }
        if depth > DEEPEST {
            return Err(Doubt::Odd);
        }
        let first = self.names.len();
        loop {
            if self.peek() != b'"' {
                return Err(Doubt::Malformed);
            }
            let name = self.text()?;
            if name.escapes != Escapes::None {
                return Err(Doubt::Odd);
            }
            let mark = mark_of(&self.bytes[name.begin..name.end]);
            let before = &self.names[first..];
            if before.len() <= FEW_NAMES && before.contains(&mark) {
                return Err(Doubt::Odd);
            }
            self.names.push(mark);
            self.skip_space();
            self.expect(b':')?;
            self.skip_space();
            member(self, name)?;
            if !self.goes_on(b'}')? {
                break;
            }
        }
        let own = &mut self.names[first..];
        if own.len() > FEW_NAMES {
            own.sort_unstable();
            if own.windows(2).any(|pair| pair[0] == pair[1]) {
                return Err(Doubt::Odd);
            }
        }
        self.names.truncate(first);
        Ok(())
    }

    /// Go through a list that begins here: `item` is called at each value, and goes through it.
    #[inline(always)]
    pub fn items(&mut self, depth: usize, mut item: impl FnMut(&mut Self) -> Sure<()>) -> Sure<()> {
        self.at += 1;
        self.skip_space();
        if self.peek() == b']' {
            self.at += 1;
            return Ok(());
        }
        if depth > DEEPEST {
            return Err(Doubt::Odd);
        }
        loop {
            item(self)?;
            if !self.goes_on(b']')? {
                return Ok(());
            }
        }
    }

    fn word(&mut self, word: &[u8], kind: Kind) -> Sure<Value> {
        let begin = self.at;
        if !self.bytes[begin..].starts_with(word) {
            return Err(Doubt::Malformed);
        }
        self.at += word.len();
        Ok(Value::plain(kind, begin, self.at))
    }

    fn number(&mut self) -> Sure<Value> {
        let begin = self.at;
        self.at += usize::from(self.peek() == b'-');
        let digits = self.at;
        match self.peek() {
            b'0' => self.at += 1,
            b'1'..=b'9' => self.digits(),
            _ => return Err(Doubt::Malformed),
        }
        let mut kind = Kind::Integer;
        if self.peek() == b'.' {
            self.at += 1;
            kind = Kind::Number;
            if !self.peek().is_ascii_digit() {
                return Err(Doubt::Malformed);
            }
            self.digits();
        }
        if self.at - digits > MOST_DIGITS || matches!(self.peek(), b'e' | b'E') {
            return Err(Doubt::Odd);
        }
        Ok(Value::plain(kind, begin, self.at))
    }

    fn digits(&mut self) {
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
    }

    /// The text that begins with the quote here.
    #[inline(always)]
    pub fn text(&mut self) -> Sure<Value> {
        let begin = self.at + 1;
        let (mut at, mut escaped, mut ascii) = (begin, false, true);
        loop {
            at = self.next_special(at, &mut ascii)?;
            match self.bytes[at] {
                b'"' => break,
                b'\\' => {
                    escaped = true;
                    at = self.after_escape(at)?;
                }
                _ => return Err(Doubt::Malformed),
            }
        }
        if !ascii && std::str::from_utf8(&self.bytes[begin..at]).is_err() {
            return Err(Doubt::Malformed);
        }
        self.at = at + 1;
        let escapes = if escaped { Escapes::Json } else { Escapes::None };
        Ok(Value { kind: Kind::Text, begin, end: at, escapes, ascii })
    }

    /// The place of the next quote, backslash or control character from `at` on.
    #[inline(always)]
    fn next_special(&self, mut at: usize, ascii: &mut bool) -> Sure<usize> {
        const LOW: u64 = 0x0101_0101_0101_0101;
        const HIGH: u64 = 0x8080_8080_8080_8080;
        // Invariant: the lowest bit that is set in `found` is right. A borrow makes higher bytes look like what they are
        // not, but it comes from a lower byte that is one.
        while let Some(eight) = self.bytes.get(at..at + 8) {
            let word = u64::from_le_bytes(eight.try_into().expect("eight bytes"));
            let (quotes, slashes) = (word ^ (LOW * 0x22), word ^ (LOW * 0x5C));
            let found = ((quotes.wrapping_sub(LOW) & !quotes)
                | (slashes.wrapping_sub(LOW) & !slashes)
                | (word.wrapping_sub(LOW * 0x20) & !word))
                & HIGH;
            if found != 0 {
                let before = found.trailing_zeros() / 8;
                *ascii &= word & HIGH & ((1u64 << (8 * before)) - 1) == 0;
                return Ok(at + before as usize);
            }
            *ascii &= word & HIGH == 0;
            at += 8;
        }
        while let Some(&byte) = self.bytes.get(at) {
            if byte == b'"' || byte == b'\\' || byte < 0x20 {
                return Ok(at);
            }
            *ascii &= byte < 0x80;
            at += 1;
        }
        Err(Doubt::Malformed)
    }

    /// The place after an escape that begins with the backslash at `at`.
    fn after_escape(&self, at: usize) -> Sure<usize> {
        match self.bytes.get(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
            Some(b'u') => match self.code_unit(at)? {
                0xD800..=0xDBFF => match self.code_unit(at + 6) {
                    Ok(0xDC00..=0xDFFF) => Ok(at + 12),
                    _ => Err(Doubt::Odd),
                },
                0xDC00..=0xDFFF => Err(Doubt::Odd),
                _ => Ok(at + 6),
            },
            _ => Err(Doubt::Malformed),
        }
    }

    /// What an escape with four digits says.
    fn code_unit(&self, at: usize) -> Sure<u32> {
        let escape = self.bytes.get(at..at + 6).ok_or(Doubt::Malformed)?;
        if !escape.starts_with(b"\\u") {
            return Err(Doubt::Malformed);
        }
        escape[2..].iter().try_fold(0, |code, &byte| {
            let digit = char::from(byte).to_digit(16).ok_or(Doubt::Malformed)?;
            Ok(code << 4 | digit)
        })
    }
}

/// A mark by which names are told apart. Two different ones may have the same: the object is then odd for nothing.
#[inline(always)]
fn mark_of(name: &[u8]) -> u64 {
    let ends = if name.len() >= 8 {
        let (first, last) = (&name[..8], &name[name.len() - 8..]);
        let [first, last] = [first, last].map(|each| u64::from_le_bytes(each.try_into().expect("eight bytes")));
        first ^ last.rotate_left(23)
    } else {
        name.iter().fold(0, |mark, &byte| mark << 8 | u64::from(byte))
    };
    (ends ^ (name.len() as u64) << 56).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

#[cfg(test)]
mod tests;
