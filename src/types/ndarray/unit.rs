//! The units of datetime64 and timedelta64.

/// The unit of a datetime64 or timedelta64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Unit {
    pub(crate) scale: Scale,
    /// How many of them are one step.
    pub(crate) count: u32,
}

/// The units of time that numpy knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Scale {
    Years,
    Months,
    Weeks,
    Days,
    Hours,
    Minutes,
    Seconds,
    /// So many decimal places of a second: 3 for milliseconds, up to 18.
    Decimals(u32),
    /// A number without a unit.
    Generic,
}

/// The names of units below the second, by decimal places.
const DECIMALS: [(&str, u32); 6] = [("ms", 3), ("us", 6), ("ns", 9), ("ps", 12), ("fs", 15), ("as", 18)];

impl Scale {
    pub(crate) fn of_name(name: &str) -> Option<Scale> {
        Some(match name {
            "Y" => Scale::Years,
            "M" => Scale::Months,
            "W" => Scale::Weeks,
            "D" => Scale::Days,
            "h" => Scale::Hours,
            "m" => Scale::Minutes,
            "s" => Scale::Seconds,
            "generic" => Scale::Generic,
            name => Scale::Decimals(DECIMALS.iter().find(|(known, _)| *known == name)?.1),
        })
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Scale::Years => "Y",
            Scale::Months => "M",
            Scale::Weeks => "W",
            Scale::Days => "D",
            Scale::Hours => "h",
            Scale::Minutes => "m",
            Scale::Seconds => "s",
            Scale::Generic => "generic",
            Scale::Decimals(places) => {
                DECIMALS.iter().find(|(_, known)| *known == places).map_or("s", |(name, _)| name)
            }
        }
    }
}

impl Unit {
    pub(super) fn brackets(self) -> String {
        match self.scale {
            Scale::Generic => String::new(),
            scale if self.count == 1 => format!("[{}]", scale.name()),
            scale => format!("[{}{}]", self.count, scale.name()),
        }
    }
}

pub(super) fn parse_unit(text: &str) -> Option<Unit> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (count, name) = text.split_at(digits);
    let count = if count.is_empty() { 1 } else { count.parse().ok()? };
    Some(Unit { scale: Scale::of_name(name)?, count })
}
