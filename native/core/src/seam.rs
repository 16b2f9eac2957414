//! Guesses where a text may be cut into parts: at what looks like the seam between two of its values.

use memchr::memmem;

use crate::lane::Layout;

/// So far behind the place where a text should be cut, a seam is looked for.
const FARTHEST: usize = 256 * 1024;

/// What stands between two values of an array: the brackets that end the one, the comma, and the first name of the other.
pub struct Seam {
    bytes: Vec<u8>,
    comma: usize,
}

impl Seam {
    /// The seam between two objects; None where what stands there is nothing to go by.
    ///
    /// `end` is that of the first object, `mark` the place of the comma, `next` the beginning of the second one.
    pub fn between(text: &[u8], end: usize, mark: usize, next: usize) -> Option<Seam> {
        let closing = text[..end].iter().rev().take_while(|byte| b"} \t\r\n".contains(byte)).take(8).count();
        let opening = text[next..].iter().take(256).position(|byte| *byte == b':')?;
        if closing == 0 || text[next] != b'{' {
            return None;
        }
        let begin = end - closing;
        Some(Seam { bytes: text[begin..=next + opening].to_vec(), comma: mark - begin })
    }
}

/// Where a row is likely to end in a window: at a line end before which quotes stand in pairs.
fn end_of_row(before: &[u8], window: &[u8]) -> Option<usize> {
    let mut in_quotes = memchr::memchr_iter(b'"', before).count() % 2 == 1;
    memchr::memchr2_iter(b'"', b'\n', window)
        .find(|at| {
            in_quotes ^= window[*at] == b'"';
            window[*at] == b'\n' && !in_quotes
        })
        .map(|at| at + 1)
}

/// Places at which a text looks as if it could be cut into so many parts of about the same size, in rising order.
pub fn cuts(text: &[u8], layout: Layout, seam: Option<&Seam>, parts: usize) -> Vec<usize> {
    let mut cuts = Vec::new();
    for number in 1..parts {
        let target = (text.len() / parts * number).max(cuts.last().copied().unwrap_or(0) + 1);
        let window = &text[target.min(text.len())..text.len().min(target + FARTHEST)];
        let found = match layout {
            Layout::Lines => memchr::memchr(b'\n', window).map(|at| at + 1),
            Layout::Rows => end_of_row(&text[..target.min(text.len())], window),
            Layout::Array => seam.and_then(|seam| memmem::find(window, &seam.bytes).map(|at| at + seam.comma)),
        };
        cuts.extend(found.map(|at| target + at));
    }
    cuts
}
