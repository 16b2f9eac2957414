//! The names that a schema asks about, each with a number, in a small table that is looked up without comparing many.

pub const NOT_NAMED: usize = usize::MAX;

#[derive(Debug, Default)]
pub struct Names {
    names: Vec<Box<[u8]>>,
    /// The numbers of names by their place, plus one; 0 where there is none. Its length is a power of two.
    table: Vec<u32>,
}

impl Names {
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// The number of a name, which is then among them.
    pub fn add(&mut self, name: &str) -> usize {
        let known = self.number_of(name.as_bytes());
        if known != NOT_NAMED {
            return known;
        }
        self.names.push(name.as_bytes().into());
        // Invariant: at most a quarter of the table is taken, so that a search ends soon.
        if self.names.len() * 4 > self.table.len() {
            self.table = vec![0; (self.names.len() * 8).next_power_of_two()];
            (0..self.names.len() - 1).for_each(|number| self.enter(number));
        }
        self.enter(self.names.len() - 1);
        self.names.len() - 1
    }

    fn enter(&mut self, number: usize) {
        let mut place = place_of(&self.names[number], self.table.len());
        while self.table[place] != 0 {
            place = (place + 1) % self.table.len();
        }
        self.table[place] = u32::try_from(number + 1).expect("names fit memory");
    }

    #[inline(always)]
    pub fn number_of(&self, name: &[u8]) -> usize {
        if self.table.is_empty() {
            return NOT_NAMED;
        }
        let mut place = place_of(name, self.table.len());
        while self.table[place] != 0 {
            let number = self.table[place] as usize - 1;
            if same(&self.names[number], name) {
                return number;
            }
            place = (place + 1) & (self.table.len() - 1);
        }
        NOT_NAMED
    }
}

/// Whether two names are the same. They are short: to call out for the comparison takes longer than to make it.
#[inline(always)]
fn same(known: &[u8], name: &[u8]) -> bool {
    if known.len() != name.len() {
        return false;
    }
    let (mut known, mut name) = (known, name);
    while let (Some((eight, more)), Some((own, rest))) = (known.split_first_chunk::<8>(), name.split_first_chunk::<8>())
    {
        if u64::from_le_bytes(*eight) != u64::from_le_bytes(*own) {
            return false;
        }
        (known, name) = (more, rest);
    }
    known.iter().zip(name).all(|(one, other)| one == other)
}

#[inline(always)]
fn place_of(name: &[u8], size: usize) -> usize {
    let (first, last) = (name.first().copied().unwrap_or(0), name.last().copied().unwrap_or(0));
    let middle = name.get(name.len() / 2).copied().unwrap_or(0);
    let mixed = usize::from(first) * 31 + usize::from(middle) * 7 + usize::from(last) * 131 + name.len() * 977;
    (mixed ^ mixed >> 7) & (size - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_its_number_and_others_have_none() {
        let mut names = Names::default();
        let many: Vec<String> = (0..300).map(|number| format!("name{}", number * 37)).collect();
        let numbers: Vec<usize> = many.iter().map(|name| names.add(name)).collect();
        assert_eq!(numbers, (0..300).collect::<Vec<_>>());
        assert_eq!(many.iter().map(|name| names.add(name)).collect::<Vec<_>>(), numbers);
        assert_eq!(names.number_of(b"name1"), NOT_NAMED);
        assert_eq!(names.number_of(b""), NOT_NAMED);
        assert_eq!(Names::default().number_of(b"name"), NOT_NAMED);
    }
}
