//! Masked views of personal text, one format each. A mask helps to recognise, it does not protect.

use crate::personal::Personal;

impl Personal {
    /// A name: fixed width, no ends, so that a Chinese name cannot be guessed from it.
    pub fn masked_name(&self) -> String {
        "***".to_owned()
    }

    /// A date, or 长期: nothing of it.
    pub fn masked_date(&self) -> String {
        "****-**-**".to_owned()
    }

    /// Any other text: nothing of it, not even its length.
    pub fn masked_text(&self) -> String {
        "***".to_owned()
    }

    /// A number: first and last four characters when there are 15 or more, else nothing of it.
    pub fn masked_number(&self) -> String {
        let characters: Vec<char> = self.reveal().chars().collect();
        match (characters.first_chunk::<4>(), characters.last_chunk::<4>()) {
            (Some(first), Some(last)) if characters.len() >= 15 => {
                let hidden = "*".repeat(10);
                format!("{}{hidden}{}", first.iter().collect::<String>(), last.iter().collect::<String>())
            }
            _ => "****".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_have_one_format() {
        assert_eq!(Personal::new("110101199003070014").masked_number(), "1101**********0014");
        assert_eq!(Personal::new("12345678").masked_number(), "****");
        assert_eq!(Personal::new("").masked_number(), "****");
        assert_eq!(Personal::new("张三").masked_name(), Personal::new("阿依古丽·买买提").masked_name());
    }
}
