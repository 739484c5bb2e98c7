//! The ethnic groups printed on cards (GB/T 3304-1991).

/// The 56 groups in the order of their two-digit codes, 01 to 56, as printed on cards (without 族).
const GROUPS: [&str; 56] = [
    "汉",
    "蒙古",
    "回",
    "藏",
    "维吾尔",
    "苗",
    "彝",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "哈萨克",
    "傣",
    "黎",
    "傈僳",
    "佤",
    "畲",
    "高山",
    "拉祜",
    "水",
    "东乡",
    "纳西",
    "景颇",
    "柯尔克孜",
    "土",
    "达斡尔",
    "仫佬",
    "羌",
    "布朗",
    "撒拉",
    "毛南",
    "仡佬",
    "锡伯",
    "阿昌",
    "普米",
    "塔吉克",
    "怒",
    "乌孜别克",
    "俄罗斯",
    "鄂温克",
    "德昂",
    "保安",
    "裕固",
    "京",
    "塔塔尔",
    "独龙",
    "鄂伦春",
    "赫哲",
    "门巴",
    "珞巴",
    "基诺",
];

/// Printed on cards of people whose group is not among the 56, or not yet determined.
const UNRECOGNISED: [&str; 10] =
    ["穿青人", "革家人", "亻革家人", "僅家人", "摩梭人", "僜人", "夏尔巴人", "其他", "其它", "未识别"];

/// What a printed ethnicity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ethnicity {
    /// One of the 56 groups, by its GB/T 3304 code, 1–56.
    Listed(u8),
    /// A group that cards name though it is not among the 56.
    UnrecognisedGroup,
    /// In no list; most likely misread.
    Unknown,
}

impl Ethnicity {
    /// Reads the printed text; a final 族 and spaces are ignored.
    ///
    /// ```
    /// use shiming_idcard::ethnicity::Ethnicity;
    /// assert_eq!(Ethnicity::parse("汉"), Ethnicity::Listed(1));
    /// assert_eq!(Ethnicity::parse("满族"), Ethnicity::Listed(11));
    /// assert_eq!(Ethnicity::parse("穿青人"), Ethnicity::UnrecognisedGroup);
    /// assert_eq!(Ethnicity::parse("汗"), Ethnicity::Unknown);
    /// ```
    pub fn parse(text: &str) -> Self {
        let text: String = text.chars().filter(|ch| !ch.is_whitespace()).take(16).collect();
        let name = text.strip_suffix('族').unwrap_or(&text);
        if let Some(index) = GROUPS.iter().position(|group| *group == name) {
            return u8::try_from(index + 1).map_or(Self::Unknown, Self::Listed);
        }
        let named =
            UNRECOGNISED.iter().any(|group| group.trim_end_matches('人') == name.trim_end_matches('人'));
        if named { Self::UnrecognisedGroup } else { Self::Unknown }
    }

    /// The printed form of a listed group, without 族.
    pub fn printed(self) -> Option<&'static str> {
        match self {
            Self::Listed(code) => GROUPS.get(usize::from(code).checked_sub(1)?).copied(),
            Self::UnrecognisedGroup | Self::Unknown => None,
        }
    }
}

/// The 56 groups as printed, in the order of their codes. For forms and for reading by dictionary.
pub fn all() -> &'static [&'static str] {
    &GROUPS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_reads_back() {
        for (index, group) in all().iter().enumerate() {
            let code = u8::try_from(index + 1).unwrap();
            assert_eq!(Ethnicity::parse(group), Ethnicity::Listed(code));
            assert_eq!(Ethnicity::parse(&format!("{group}族")), Ethnicity::Listed(code));
            assert_eq!(Ethnicity::Listed(code).printed(), Some(*group));
        }
        let distinct: std::collections::HashSet<_> = all().iter().collect();
        assert_eq!(distinct.len(), 56);
    }

    #[test]
    fn nothing_else_is_listed() {
        for text in ["", "族", "人", "汉汉", "Han", "汗", "满 洲"] {
            assert_eq!(Ethnicity::parse(text), Ethnicity::Unknown, "{text}");
        }
        assert_eq!(Ethnicity::Listed(0).printed(), None);
        assert_eq!(Ethnicity::Listed(57).printed(), None);
    }
}
