//! The issuing authority on the emblem side: is it a public security organ, and of which province?
//!
//! Cards are issued by the county-level public security organ (Resident Identity Card Law, Art. 8).

use crate::region;

/// Whether the text reads like a public security organ: `…公安局`, `…公安分局`, `…公安局…分局`.
///
/// ```
/// use shiming_idcard::issuer::is_public_security;
/// assert!(is_public_security("北京市公安局东城分局"));
/// assert!(!is_public_security("北京市东城区税务局"));
/// ```
pub fn is_public_security(text: &str) -> bool {
    let text = squeeze(text);
    let Some(at) = text.find("公安") else {
        return false;
    };
    let tail = text.get(at..).unwrap_or_default();
    // A name must stand before it: an organ is always that of a place.
    at > 0 && (tail.ends_with("公安局") || tail.ends_with("分局"))
}

/// Provinces (two digits) that the text can belong to, found from the place it begins with; several if the
/// place name occurs in several provinces, none if no place is recognised.
///
/// ```
/// use shiming_idcard::issuer::provinces;
/// assert_eq!(provinces("广州市公安局天河分局"), ["44"]);
/// assert!(provinces("某地公安局").is_empty());
/// ```
pub fn provinces(text: &str) -> Vec<&'static str> {
    let text = squeeze(text);
    let mut longest = 0;
    let mut found: Vec<&'static str> = Vec::new();
    for entry in region::table() {
        let whole = entry.name;
        let Some(province) = entry.code.get(..2) else { continue };
        // Provinces are also written short; shorter forms of smaller places are too ambiguous.
        let short = if entry.code.ends_with("0000") { short_province(whole) } else { whole };
        let matched = [whole, short].into_iter().find(|name| text.starts_with(name)).map_or(0, str::len);
        if matched == 0 || matched < longest || region::is_collective(whole) {
            continue;
        }
        if matched > longest {
            longest = matched;
            found.clear();
        }
        if !found.contains(&province) {
            found.push(province);
        }
    }
    found
}

/// `内蒙古自治区` → `内蒙古`, `广东省` → `广东`.
fn short_province(name: &str) -> &str {
    for suffix in ["维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市"] {
        if let Some(short) = name.strip_suffix(suffix) {
            return short;
        }
    }
    name
}

/// Without white space, and cut to a length no organ's name exceeds.
fn squeeze(text: &str) -> String {
    text.chars().filter(|ch| !ch.is_whitespace()).take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn organs() {
        for text in [
            "宜都市公安局",
            "北京市公安局 东城分局",
            "大洼县公安局",
            "上海市公安局黄浦分局",
            "沈阳市公安局和平公安分局",
        ] {
            assert!(is_public_security(text), "{text}");
        }
        for text in ["", "公安局", "北京市东城区税务局", "北京市公安局东城分", "公安分局北京", "东城分局"]
        {
            assert!(!is_public_security(text), "{text}");
        }
    }

    #[test]
    fn places() {
        assert_eq!(provinces("内蒙古呼和浩特市公安局"), ["15"]);
        assert_eq!(provinces("广西壮族自治区南宁市公安局"), ["45"]);
        assert_eq!(provinces("宜都市公安局"), ["42"]);
        // 朝阳区 is in Beijing and in Changchun.
        assert_eq!(provinces("朝阳区公安局"), ["11", "22"]);
        assert!(provinces("").is_empty() && provinces("市公安局").is_empty());
    }
}
