//! Keys that were seen defined, by their digests.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

/// Keys that are known to be defined, so that references to them need no fact.
#[derive(Default)]
pub struct Known {
    spaces: Vec<HashSet<u128, BuildHasherDefault<OfDigest>>>,
    most: usize,
    /// How many more keys there is room for.
    room: usize,
}

impl Known {
    pub fn new(spaces: usize, room: usize) -> Self {
        Known { spaces: (0..spaces).map(|_| HashSet::default()).collect(), most: room, room }
    }

    /// The same as it was at first.
    pub fn empty(&self) -> Self {
        Known::new(self.spaces.len(), self.most)
    }

    /// Forgets its keys; it has as much room as there is left in `other`.
    pub fn begin(&mut self, other: &Known) {
        self.spaces.resize_with(other.spaces.len(), HashSet::default);
        self.spaces.iter_mut().for_each(HashSet::clear);
        self.room = other.room;
    }

    pub fn define(&mut self, space: usize, digest: u128) {
        if self.room > 0 && self.spaces[space].insert(digest) {
            self.room -= 1;
        }
    }

    /// Takes in the keys that another one has.
    pub fn take(&mut self, other: &Known) {
        for (space, digests) in other.spaces.iter().enumerate() {
            digests.iter().for_each(|digest| self.define(space, *digest));
        }
    }

    pub fn is_defined(&self, space: usize, digest: u128) -> bool {
        self.spaces.get(space).is_some_and(|digests| digests.contains(&digest))
    }
}

/// Digests are as good as hashes already.
#[derive(Default)]
pub struct OfDigest(u64);

impl Hasher for OfDigest {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only digests are hashed")
    }

    fn write_u128(&mut self, digest: u128) {
        self.0 = digest as u64;
    }
}
