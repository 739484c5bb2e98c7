//! The invented people: names, sexes, ethnic groups, births, addresses, terms, numbers.

mod lists;
mod numbers;

pub use lists::ETHNICITIES;
pub use numbers::{check_character, legacy_number, mrz_check_digit, number};

use time::{Date, Duration, Month};

use crate::fonts::{Face, Fonts};
use crate::rng::Rng;

/// The sex printed on the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sex {
    /// 男, odd sequence number.
    Male,
    /// 女, even sequence number.
    Female,
}

impl Sex {
    /// As printed.
    pub const fn printed(self) -> &'static str {
        match self {
            Self::Male => "男",
            Self::Female => "女",
        }
    }
}

/// The last day of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// A date.
    Date(Date),
    /// 长期.
    LongTerm,
}

/// What kinds of people to invent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mix {
    /// Share with a rare character in the name.
    pub rare: f32,
    /// Share with a long name with `·`.
    pub long: f32,
    /// Share with a second script on the card.
    pub bilingual: f32,
    /// Share belonging to a minority.
    pub minority: f32,
    /// Sex of everybody, where the portrait decides it.
    pub sex: Option<Sex>,
    /// Youngest and oldest in whole years.
    pub age: (i32, i32),
}

impl Default for Mix {
    fn default() -> Self {
        Self { rare: 0.04, long: 0.08, bilingual: 0.06, minority: 0.35, sex: None, age: (16, 90) }
    }
}

/// One invented person with one card.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// Label in the ground truth.
    pub id: String,
    /// Name as printed.
    pub name: String,
    /// Sex.
    pub sex: Sex,
    /// Ethnic group as printed.
    pub ethnicity: String,
    /// Birth date.
    pub birth: Date,
    /// Address without line breaks.
    pub address: String,
    /// Citizen number, region 000000.
    pub number: String,
    /// Issuing authority.
    pub issuer: String,
    /// First day of the card.
    pub from: Date,
    /// Last day of the card.
    pub until: Until,
    /// Second-script words for name and address of a bilingual card.
    pub second_script: Option<[String; 2]>,
}

impl Person {
    /// Invents a person whose card is valid on `today`.
    pub fn invent(id: &str, mix: &Mix, today: Date, fonts: &Fonts, rng: &mut Rng) -> Self {
        let sex = mix.sex.unwrap_or(if rng.chance(0.5) { Sex::Male } else { Sex::Female });
        let bilingual = rng.chance(mix.bilingual);
        let minority = bilingual || rng.chance(mix.minority);
        let (province, city, counties) =
            if bilingual { rng.pick(&lists::BILINGUAL_PLACES) } else { rng.pick(&lists::PLACES) };
        let county = rng.pick(&counties);
        let birth = birth(mix.age, today, rng);
        let (from, until) = term(birth, today, rng);
        let ethnicity = if minority { rng.pick(&lists::ETHNICITIES[1..]) } else { "汉" };
        // A rare character the font lacks would be printed as an empty box: draw again.
        let name = (0..64)
            .map(|_| name(mix, rng))
            .find(|name| fonts.covers(Face::Sans, name))
            .unwrap_or_else(|| "王样本".to_owned());
        let sequence = rng.int(0, 494) * 2 + i32::from(sex == Sex::Male);
        let words =
            |rng: &mut Rng, n: usize| (0..n).map(|_| rng.pick(&lists::ZHUANG)).collect::<Vec<_>>().join(" ");
        Self {
            id: id.to_owned(),
            name,
            sex,
            ethnicity: ethnicity.to_owned(),
            birth,
            address: address(province, city, county, rng),
            number: number(birth, sequence as u16),
            issuer: issuer(province, city, county, rng),
            from,
            until,
            second_script: bilingual.then(|| [words(rng, 3), words(rng, 6)]),
        }
    }

    /// The day the card ends, `YYYY-MM-DD` or 长期.
    pub fn until_text(&self) -> String {
        match self.until {
            Until::Date(date) => date.to_string(),
            Until::LongTerm => "长期".to_owned(),
        }
    }
}

fn chars(text: &str) -> Vec<char> {
    text.chars().collect()
}

fn name(mix: &Mix, rng: &mut Rng) -> String {
    if rng.chance(mix.long) {
        return format!("{}·{}", rng.pick(&lists::LONG_GIVEN), rng.pick(&lists::LONG_FAMILY));
    }
    let given = chars(lists::GIVEN);
    let mut name = (rng.pick(&lists::SURNAMES)).to_owned();
    let rare = rng.chance(mix.rare);
    let count = if rng.chance(0.3) { 1 } else { 2 };
    for i in 0..count {
        let rare_here = rare && i + 1 == count;
        name.push(if rare_here { rng.pick(&chars(lists::RARE)) } else { rng.pick(&given) });
    }
    name
}

fn birth(age: (i32, i32), today: Date, rng: &mut Rng) -> Date {
    let youngest = years_later(today, -age.0.max(1));
    let days = i32::max(1, (age.1 - age.0) * 365);
    youngest - Duration::days(i64::from(rng.int(1, days)))
}

/// The date `years` later; 29 February becomes 28 February in a common year.
pub(crate) fn years_later(date: Date, years: i32) -> Date {
    date.replace_year(date.year() + years)
        .or_else(|_| Date::from_calendar_date(date.year() + years, Month::February, 28))
        .unwrap_or(date)
}

/// Whole years reached on `day`; reached on the birthday.
fn age_on(birth: Date, day: Date) -> i32 {
    let before = (u8::from(day.month()), day.day()) < (u8::from(birth.month()), birth.day());
    day.year() - birth.year() - i32::from(before)
}

/// A term that fits the age at issue (Identity Card Law 2011, Art. 5) and contains `today`.
fn term(birth: Date, today: Date, rng: &mut Rng) -> (Date, Until) {
    // Second-generation cards are issued since 2004.
    let first = Date::from_calendar_date(2004, Month::March, 29).map_or(birth, |d| d.max(birth));
    let span = (today - first).whole_days().max(1) as i32;
    for _ in 0..200 {
        let from = first + Duration::days(i64::from(rng.int(0, span)));
        let age = age_on(birth, from);
        let until = match age {
            ..16 => Until::Date(years_later(from, 5)),
            16..=25 => Until::Date(years_later(from, 10)),
            26..=45 => Until::Date(years_later(from, 20)),
            _ => Until::LongTerm,
        };
        // Days on the boundary ages are a known trap with its own vectors; not wanted by chance here.
        let boundary = [16, 26, 46].iter().any(|&b| {
            let birthday = years_later(birth, b);
            (birthday - from).whole_days().abs() <= 2
        });
        if !boundary && from <= today && until_is_after(until, today) {
            return (from, until);
        }
    }
    let from = today - Duration::days(40);
    (from, Until::Date(years_later(from, 10)))
}

fn until_is_after(until: Until, today: Date) -> bool {
    match until {
        Until::Date(date) => date >= today,
        Until::LongTerm => true,
    }
}

fn address(province: &str, city: &str, county: &str, rng: &mut Rng) -> String {
    let place = format!("{province}{city}{county}");
    if rng.chance(0.35) {
        let village = rng.pick(&lists::VILLAGES);
        return format!("{place}{village}{}组{}号", rng.int(1, 12), rng.int(1, 199));
    }
    let street = rng.pick(&lists::STREETS);
    let house = rng.int(1, 1999);
    let flat = match rng.below(5) {
        0 => String::new(),
        1 => format!("院{}号楼", rng.int(1, 40)),
        2 => format!("{}幢{}单元{}室", rng.int(1, 30), rng.int(1, 6), rng.int(101, 3302)),
        3 => format!("{}栋{}号", rng.pick(&["A", "B", "C", "1", "2", "17"]), rng.int(101, 2904)),
        _ => format!(
            "样本花园{}区{}号楼{}单元{}号",
            rng.pick(&["东", "西", "南", "北"]),
            rng.int(1, 88),
            rng.int(1, 5),
            rng.int(101, 1802)
        ),
    };
    format!("{place}{street}{house}号{flat}")
}

fn issuer(province: &str, city: &str, county: &str, rng: &mut Rng) -> String {
    let top = if city.is_empty() { province } else { city };
    if county.ends_with('区') && rng.chance(0.7) {
        // City districts: 公安局 of the city with a branch.
        let branch = county.trim_end_matches('区');
        return if top.ends_with('市') {
            format!("{top}公安局{branch}分局")
        } else {
            format!("{county}公安局")
        };
    }
    format!("{county}公安局")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_fit_the_age_at_issue_and_contain_today() {
        let today = Date::from_calendar_date(2026, Month::November, 22).expect("a date");
        let mut rng = Rng::new(5);
        for _ in 0..2000 {
            let birth = birth((1, 95), today, &mut rng);
            let (from, until) = term(birth, today, &mut rng);
            let years = match until {
                Until::LongTerm => {
                    assert!(age_on(birth, from) >= 46);
                    continue;
                }
                Until::Date(date) => {
                    assert!(date >= today);
                    date.year() - from.year()
                }
            };
            let expected = match age_on(birth, from) {
                ..16 => 5,
                16..=25 => 10,
                _ => 20,
            };
            assert_eq!(years, expected, "{birth} {from}");
            assert!(from >= birth && from <= today);
        }
    }

    #[test]
    fn whole_years_are_reached_on_the_birthday() {
        let day = |y, m, d| Date::from_calendar_date(y, m, d).expect("a date");
        let birth = day(2000, Month::February, 29);
        assert_eq!(age_on(birth, day(2016, Month::February, 28)), 15);
        assert_eq!(age_on(birth, day(2016, Month::February, 29)), 16);
    }
}
