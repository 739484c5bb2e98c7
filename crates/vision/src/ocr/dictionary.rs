//! The characters a recogniser can write.

use crate::runtime::{EngineError, Model};
use std::collections::HashMap;

const MODEL: &str = "ocr-rec";
/// Characters in the shipped file, and the bytes of the list that holds them.
const CHARACTERS: usize = 18_708;
const LIST_BYTES: usize = 74_946;

/// Index ↔ character of the recogniser's last dimension: 0 is the blank, 1… are the listed characters, the
/// last is the ordinary space.
pub struct Dictionary {
    characters: Vec<char>,
    indices: HashMap<char, u32>,
}

impl Dictionary {
    /// Reads the property `character` of the recogniser's file and checks it against what the network
    /// really puts out.
    pub(crate) fn of(model: &dyn Model) -> Result<Self, EngineError> {
        let list = model
            .metadata("character")
            .ok_or_else(|| shape("the file has no property `character`".into()))?;
        if list.len() != LIST_BYTES {
            return Err(shape(format!("dictionary of {LIST_BYTES} bytes expected, {} found", list.len())));
        }
        let dictionary = Self::parse(&list)?;
        if dictionary.characters.len() != CHARACTERS {
            let found = dictionary.characters.len();
            return Err(shape(format!("{CHARACTERS} characters expected, {found} found")));
        }
        // The smallest possible run tells the real last dimension, and warms the network up.
        let outputs = model.run(&[1, 3, 48, 32], &vec![0.0; 3 * 48 * 32])?;
        let classes = outputs.single()?.shape().last().copied();
        if classes != Some(dictionary.classes()) {
            let wanted = dictionary.classes();
            return Err(shape(format!(
                "the dictionary asks for {wanted} classes, the network has {classes:?}"
            )));
        }
        Ok(dictionary)
    }

    /// Splits on line feeds only: the list contains U+3000, which trimming would destroy.
    fn parse(list: &str) -> Result<Self, EngineError> {
        let mut characters = Vec::with_capacity(CHARACTERS);
        let mut indices = HashMap::with_capacity(CHARACTERS + 1);
        for entry in list.split('\n') {
            let mut inside = entry.chars();
            let (Some(c), None) = (inside.next(), inside.next()) else {
                return Err(shape(format!("entry {} is not one character", characters.len())));
            };
            characters.push(c);
            // If a character is listed twice, the first index stands for it.
            indices.entry(c).or_insert(characters.len() as u32);
        }
        indices.insert(' ', characters.len() as u32 + 1);
        Ok(Self { characters, indices })
    }

    /// Length of the network's last dimension.
    pub fn classes(&self) -> usize {
        self.characters.len() + 2
    }

    /// The character of an index; `None` for the blank and beyond the end.
    pub fn character(&self, index: usize) -> Option<char> {
        match index.checked_sub(1)? {
            i if i < self.characters.len() => self.characters.get(i).copied(),
            i if i == self.characters.len() => Some(' '),
            _ => None,
        }
    }

    /// The index of a character, if the recogniser can write it.
    pub fn index(&self, character: char) -> Option<u32> {
        self.indices.get(&character).copied()
    }
}

/// A choice of characters to decode with, everything else masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    pub(super) characters: Vec<char>,
}

impl Mask {
    /// These characters (and the blank).
    pub fn of(characters: &str) -> Self {
        let mut characters: Vec<char> = characters.chars().collect();
        characters.sort_unstable();
        characters.dedup();
        Self { characters }
    }

    /// What a resident number is written with.
    pub fn id_number() -> Self {
        Self::of("0123456789X")
    }

    /// The alphabet of machine-readable lines (ICAO Doc 9303-3, 4.3).
    pub fn mrz() -> Self {
        Self::of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<")
    }
}

fn shape(detail: String) -> EngineError {
    EngineError::Shape { model: MODEL, detail }
}

#[cfg(test)]
impl Dictionary {
    pub(super) fn for_tests(characters: &[char]) -> Self {
        let list: Vec<String> = characters.iter().map(char::to_string).collect();
        Self::parse(&list.join("\n")).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_spaces_survive_and_the_last_class_is_the_space() {
        let d = Dictionary::parse("甲\n\u{3000}\n乙").unwrap();
        assert_eq!(d.classes(), 5);
        assert_eq!(d.character(0), None);
        assert_eq!(d.character(2), Some('\u{3000}'));
        assert_eq!(d.character(4), Some(' '));
        assert_eq!(d.character(5), None);
        assert_eq!(d.index('乙'), Some(3));
        assert_eq!(d.index('丙'), None);
    }

    #[test]
    fn broken_lists_are_refused() {
        assert!(Dictionary::parse("甲\n\n乙").is_err());
        assert!(Dictionary::parse("甲乙").is_err());
        assert!(Dictionary::parse("").is_err());
    }
}
