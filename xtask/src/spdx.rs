//! SPDX licence expressions: is there a choice we allow?

use anyhow::bail;

/// Whether the expression can be satisfied with allowed licences only: of `OR` one side is enough, of `AND`
/// both are needed. `A/B`, as older crates write, means `A OR B`. A licence with an exception is a name of
/// its own.
pub(crate) fn allows(expression: &str, allowed: &[String]) -> anyhow::Result<bool> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut parser = Parser { words: &words, allowed };
    let answer = parser.any()?;
    match parser.words {
        [] => Ok(answer),
        rest => bail!("{expression:?} is no licence expression: {rest:?} is left over"),
    }
}

struct Parser<'a> {
    words: &'a [&'a str],
    allowed: &'a [String],
}

impl<'a> Parser<'a> {
    fn next_is(&mut self, word: &str) -> bool {
        match self.words {
            [first, rest @ ..] if *first == word => {
                self.words = rest;
                true
            }
            _ => false,
        }
    }

    fn any(&mut self) -> anyhow::Result<bool> {
        let mut answer = self.all()?;
        while self.next_is("OR") {
            answer |= self.all()?;
        }
        Ok(answer)
    }

    fn all(&mut self) -> anyhow::Result<bool> {
        let mut answer = self.one()?;
        while self.next_is("AND") {
            answer &= self.one()?;
        }
        Ok(answer)
    }

    fn one(&mut self) -> anyhow::Result<bool> {
        if self.next_is("(") {
            let answer = self.any()?;
            if !self.next_is(")") {
                bail!("a licence expression lacks a closing parenthesis");
            }
            return Ok(answer);
        }
        let word = self.word()?;
        let name =
            if self.next_is("WITH") { format!("{word} WITH {}", self.word()?) } else { word.to_owned() };
        Ok(self.allowed.contains(&name))
    }

    fn word(&mut self) -> anyhow::Result<&'a str> {
        match self.words {
            [first, rest @ ..] if !["OR", "AND", "WITH", "(", ")"].contains(first) => {
                self.words = rest;
                Ok(first)
            }
            _ => bail!("a licence expression lacks a licence"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(expression: &str) -> bool {
        let allowed = ["MIT", "Apache-2.0", "Unicode-3.0", "Apache-2.0 WITH LLVM-exception"];
        allows(expression, &allowed.map(str::to_owned)).unwrap()
    }

    #[test]
    fn one_choice_is_enough_and_every_part_is_needed() {
        assert!(with("MIT"));
        assert!(with("GPL-3.0 OR MIT"));
        assert!(with("MIT/GPL-3.0"));
        assert!(!with("GPL-3.0"));
        assert!(!with("MIT AND GPL-3.0"));
        assert!(with("(MIT OR GPL-3.0) AND Unicode-3.0"));
        assert!(!with("GPL-3.0 OR MIT AND LGPL-3.0"));
        assert!(with("Apache-2.0 WITH LLVM-exception OR GPL-3.0"));
        assert!(!with("MIT WITH LLVM-exception"));
    }

    #[test]
    fn nonsense_is_an_error() {
        for wrong in ["", "MIT OR", "(MIT", "MIT)", "OR MIT", "MIT MIT", "MIT WITH"] {
            assert!(allows(wrong, &["MIT".to_owned()]).is_err(), "{wrong}");
        }
    }
}
