//! The named formats of `like`.

use crate::source::did_you_mean;

/// A format with a name.
#[derive(Debug)]
pub struct NamedFormat {
    /// As rules write it.
    pub name: &'static str,
    /// One line.
    pub doc: &'static str,
    /// A text that has it.
    pub example: &'static str,
    /// Says why a text does not have it.
    pub check: fn(&str) -> Result<(), String>,
}

/// The format called `name`.
pub fn named_format(name: &str) -> Option<&'static NamedFormat> {
    NAMED_FORMATS.iter().find(|f| f.name == name)
}

/// That there is no format called `name`, and what may be meant.
pub fn no_format(name: &str) -> (String, String) {
    let names = || NAMED_FORMATS.iter().map(|format| format.name);
    let help = did_you_mean(name, names()).map_or_else(
        || format!("the formats are {}", names().collect::<Vec<_>>().join(", ")),
        |meant| format!("did you mean `{meant}`?"),
    );
    (format!("there is no format called `{name}`"), help)
}

/// Says why a text has none of some formats, named with "or" between them.
///
/// # Errors
/// What each of them lacks.
pub fn has_format(names: &str, text: &str) -> Result<(), String> {
    let mut lacks = Vec::new();
    for format in names.split(" or ").filter_map(named_format) {
        match (format.check)(text) {
            Ok(()) => return Ok(()),
            Err(why) => lacks.push(why),
        }
    }
    Err(lacks.join("; "))
}

const fn format(
    name: &'static str,
    doc: &'static str,
    example: &'static str,
    check: fn(&str) -> Result<(), String>,
) -> NamedFormat {
    NamedFormat { name, doc, example, check }
}

/// All named formats.
pub static NAMED_FORMATS: &[NamedFormat] = &[
    format("country", "a country code of ISO 3166, two capital letters", "AZ", country),
    format(
        "currency",
        "a currency code of ISO 4217, also of a currency that is no more",
        "EUR",
        currency,
    ),
    format("email", "an e-mail address", "name@example.org", email),
    format("hostname", "a host name", "data.example.org", hostname),
    format(
        "iban",
        "an IBAN with correct check digits; spaces between groups are allowed",
        "GB82 WEST 1234 5698 7654 32",
        iban,
    ),
    format("ipv4", "an IPv4 address", "192.0.2.1", ipv4),
    format("ipv6", "an IPv6 address", "2001:db8::1", ipv6),
    format(
        "isbn",
        "an ISBN of 10 or 13 digits with a correct check digit",
        "978-0-306-40615-7",
        isbn,
    ),
    format("isin", "an ISIN with a correct check digit", "US0378331005", isin),
    format("latitude", "degrees from -90 to 90", "40.41", |t| degrees(t, 90)),
    format("longitude", "degrees from -180 to 180", "49.87", |t| degrees(t, 180)),
    format("luhn", "digits with a correct Luhn check digit", "79927398713", luhn),
    format("semver", "a version number like 1.2.3", "1.2.3", semver),
    format("slug", "lower-case letters, digits and hyphens", "north-west", slug),
    format("url", "a web address", "https://example.org/page", url),
    format("uuid", "a UUID", "123e4567-e89b-12d3-a456-426614174000", uuid),
];

fn need(ok: bool, why: &str) -> Result<(), String> {
    if ok { Ok(()) } else { Err(why.to_string()) }
}

const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

fn country(t: &str) -> Result<(), String> {
    need(
        t.len() == 2 && COUNTRIES.split(' ').any(|c| c == t),
        "no country has this code in ISO 3166",
    )
}

const CURRENCIES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD XPF XPT XSU XTS XUA XXX YER ZAR ZMW ZWG";

/// Those that are no more: old data have them.
const FORMER_CURRENCIES: &str = "ADP AFA ALK AOK AON AOR ARA ARP ARY ATS AYM AZM BAD BEC BEF BEL BGJ BGK BGL BOP BRB BRC BRE BRN BRR BUK BYB BYR CHC CSD CSJ CSK CUC CYP DDM DEM ECS ECV EEK ESA ESB ESP FIM FRF GEK GHC GHP GNE GNS GQE GRD GWE GWP HRD HRK IEP ILP ILR ISJ ITL LAJ LSM LTL LTT LUC LUF LUL LVL LVR MGF MLF MRO MTL MTP MVQ MXP MZE MZM NIC NLG PEH PEI PES PLZ PTE RHD ROK ROL RUR SDD SDP SIT SKK SLL SRG STD SUR TJR TMM TPE TRL UAK UGS UGW USS UYN UYP VEB VEF VNC XEU XFO XFU XRE YDD YUD YUM YUN ZAL ZMK ZRN ZRZ ZWC ZWD ZWL ZWN ZWR";

fn currency(t: &str) -> Result<(), String> {
    let shape = t.len() == 3 && t.bytes().all(|b| b.is_ascii_uppercase());
    need(shape, "a currency code has three capital letters")?;
    let mut all = CURRENCIES.split(' ').chain(FORMER_CURRENCIES.split(' '));
    need(all.any(|code| code == t), "no currency has this code in ISO 4217")
}

fn hostname(t: &str) -> Result<(), String> {
    let label = |l: &str| {
        !l.is_empty()
            && l.len() <= 63
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    need(t.len() <= 253 && t.split('.').all(label), "not a host name")
}

fn email(t: &str) -> Result<(), String> {
    let Some((name, host)) = t.rsplit_once('@') else { return Err("there is no @".into()) };
    let name_ok = !name.is_empty()
        && !name.starts_with('.')
        && !name.ends_with('.')
        && !name.contains("..")
        && name.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
    need(name_ok, "the part before the @ is not valid")?;
    hostname(host).map_err(|_| "the part after the @ is not a host name".to_string())?;
    need(host.contains('.'), "the host name has no dot")
}

fn ipv4(t: &str) -> Result<(), String> {
    t.parse::<std::net::Ipv4Addr>().map(|_| ()).map_err(|_| "not four numbers from 0 to 255".into())
}

fn ipv6(t: &str) -> Result<(), String> {
    t.parse::<std::net::Ipv6Addr>().map(|_| ()).map_err(|_| "not an IPv6 address".into())
}

fn url(t: &str) -> Result<(), String> {
    let is_web = |scheme: &str| ["http", "https"].iter().any(|s| s.eq_ignore_ascii_case(scheme));
    let rest = t.split_once("://").filter(|(scheme, _)| is_web(scheme));
    let (_, rest) = rest.ok_or("it does not start with http:// or https://")?;
    need(!t.contains(char::is_whitespace), "it contains white space")?;
    if let Some(sign) = t.chars().find(|c| c.is_control() || r#"<>"\^`{|}"#.contains(*c)) {
        return Err(format!("`{sign}` must be written as its code, such as `%7B`"));
    }
    let is_code =
        |code: &str| code.get(..2).is_some_and(|code| code.bytes().all(|b| b.is_ascii_hexdigit()));
    need(t.split('%').skip(1).all(is_code), "two hexadecimal digits must follow each %")?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or("");
    let host = host.rsplit_once('@').map_or(host, |h| h.1);
    let host = host
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
        .map_or(host, |h| h.0);
    match host.strip_prefix('[').map(|inner| inner.strip_suffix(']')) {
        Some(inner) => ipv6(inner.unwrap_or("")),
        None => hostname(host),
    }
    .map_err(|_| "the host name is not valid".into())
}

fn uuid(t: &str) -> Result<(), String> {
    let parts: Vec<&str> = t.split('-').collect();
    let lengths = parts.iter().map(|p| p.len()).eq([8, 4, 4, 4, 12]);
    need(
        lengths && parts.iter().all(|p| p.bytes().all(|b| b.is_ascii_hexdigit())),
        "not 8-4-4-4-12 hexadecimal digits",
    )
}

fn slug(t: &str) -> Result<(), String> {
    let ok = t
        .split('-')
        .all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
    need(ok, "only lower-case letters, digits and single hyphens between them are allowed")
}

fn semver(t: &str) -> Result<(), String> {
    let (version, build) = t.split_once('+').map_or((t, None), |(v, build)| (v, Some(build)));
    let (core, before) = version.split_once('-').map_or((version, None), |(c, b)| (c, Some(b)));
    let digits = |p: &str| p.bytes().all(|b| b.is_ascii_digit());
    let number = |p: &str| !p.is_empty() && digits(p) && (p == "0" || !p.starts_with('0'));
    let word = |p: &str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    need(
        core.split('.').count() == 3 && core.split('.').all(number),
        "not three numbers like 1.2.3",
    )?;
    need(
        before.is_none_or(|all| all.split('.').all(|p| word(p) && (!digits(p) || number(p))))
            && build.is_none_or(|all| all.split('.').all(word)),
        "what follows the three numbers is no label like -rc.1 or +build.5",
    )
}

fn degrees(t: &str, most: i64) -> Result<(), String> {
    let n = crate::value::Number::parse(t).ok_or("not a number")?;
    need(n.abs() <= crate::value::Number::from(most), &format!("not between -{most} and {most}"))
}

/// The Luhn sum of digits, the last counted once.
fn luhn_sum(digits: &[u32]) -> u32 {
    digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, d)| if i % 2 == 0 { *d } else { (d * 2) / 10 + (d * 2) % 10 })
        .sum()
}

fn digits_of(t: &str) -> Option<Vec<u32>> {
    t.chars().map(|c| c.to_digit(10)).collect()
}

fn luhn(t: &str) -> Result<(), String> {
    let digits = digits_of(t).filter(|d| !d.is_empty()).ok_or("not digits only")?;
    need(luhn_sum(&digits).is_multiple_of(10), "the check digit is wrong")
}

fn isin(t: &str) -> Result<(), String> {
    let shape = t.len() == 12
        && t.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        && t.bytes().take(2).all(|b| b.is_ascii_uppercase());
    need(shape, "not two letters, nine characters and a digit")?;
    let mut digits = Vec::new();
    for c in t.chars() {
        let v = c.to_digit(36).unwrap_or(0);
        if v > 9 {
            digits.push(v / 10);
        }
        digits.push(v % 10);
    }
    need(luhn_sum(&digits).is_multiple_of(10), "the check digit is wrong")
}

/// How long the account numbers of countries are.
const IBAN_LENGTHS: &str = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30";

fn iban(t: &str) -> Result<(), String> {
    let compact: String = t.chars().filter(|c| *c != ' ').collect();
    let shape = (15..=34).contains(&compact.len())
        && compact.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    need(
        shape && compact.as_bytes()[..2].iter().all(u8::is_ascii_uppercase),
        "not a country, two check digits and an account",
    )?;
    let length = IBAN_LENGTHS.split(' ').find_map(|own| own.strip_prefix(&compact[..2]));
    if let Some(length) = length.filter(|length| **length != compact.len().to_string()) {
        return Err(format!("one of {} has {length} characters", &compact[..2]));
    }
    let turned = compact[4..].chars().chain(compact[..4].chars());
    let rest = turned.fold(0u32, |rest, c| {
        let v = c.to_digit(36).unwrap_or(0);
        if v > 9 { (rest * 100 + v) % 97 } else { (rest * 10 + v) % 97 }
    });
    need(rest == 1, "the check digits are wrong")
}

fn isbn(t: &str) -> Result<(), String> {
    let compact: Vec<char> = t.chars().filter(|c| *c != '-' && *c != ' ').collect();
    let value = |c: &char| if matches!(c, 'X' | 'x') { Some(10) } else { c.to_digit(10) };
    let digits: Vec<u32> = compact.iter().map_while(value).collect();
    match (digits.len() == compact.len(), digits.len()) {
        (true, 10) => need(
            (1..=10).rev().zip(digits).map(|(weight, d)| weight * d).sum::<u32>() % 11 == 0
                && !compact[..9].iter().any(|c| c.is_alphabetic()),
            "the check digit is wrong",
        ),
        (true, 13) if !matches!(digits[..3], [9, 7, 8 | 9]) => {
            Err("one of 13 digits begins with 978 or 979".into())
        }
        (true, 13) => need(
            digits
                .iter()
                .enumerate()
                .map(|(i, d)| if i % 2 == 0 { *d } else { 3 * d })
                .sum::<u32>()
                % 10
                == 0
                && !compact.iter().any(|c| c.is_alphabetic()),
            "the check digit is wrong",
        ),
        _ => Err("not 10 or 13 digits".into()),
    }
}

/// The reference page of the named formats, Markdown.
pub fn formats_reference() -> String {
    let mut page = String::from(
        "# Named formats\n\nThe formats that `like = \"…\"` of a column can name. Generated from the table in `src/expr/formats.rs`; a test keeps it up to date.\n\n| format | what it is | example |\n|---|---|---|\n",
    );
    for f in NAMED_FORMATS {
        page.push_str(&format!("| `{}` | {} | `{}` |\n", f.name, f.doc, f.example));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_have_their_format_and_slips_do_not() {
        for f in NAMED_FORMATS {
            assert_eq!((f.check)(f.example), Ok(()), "{}", f.name);
            assert!((f.check)("").is_err(), "{}", f.name);
        }
        for (name, bad) in [
            ("iban", "GB82 WEST 1234 5698 7654 23"),
            ("isbn", "978-0-306-40615-8"),
            ("isin", "US0378331050"),
            ("luhn", "79927398710"),
            ("country", "ZZ"),
            ("email", "a@b"),
            ("latitude", "90.01"),
            ("currency", "XXZ"),
            ("semver", "1.2"),
            ("semver", "1.2.3.4"),
            ("semver", "1.2.x"),
            ("semver", "1..3"),
            ("semver", "1.02.3"),
            ("semver", "1.2.3-"),
            ("semver", "1.2.3-01"),
            ("semver", "1.2.3+a..b"),
            ("isbn", "977-0-306-40615-0"),
            ("iban", "DE02 1203 0000 0000 2020 5"),
            ("url", "https://example.org/{x}"),
            ("url", "https://example.org/100%"),
            ("url", "http://[::g]/"),
            ("url", "http://[::1/"),
            ("url", "ftp://example.org"),
        ] {
            assert!(has_format(name, bad).is_err(), "{bad}");
        }
        // One digit is a check digit of nothing.
        assert_eq!(has_format("luhn", "5"), Err("the check digit is wrong".to_string()));
        for (name, good) in [
            ("currency", "DEM"),
            ("luhn", "0"),
            ("semver", "1.2.3-rc.1+build.05"),
            ("semver", "1.0.0+5-7"),
            ("semver", "0.0.0"),
            ("semver", "10.20.30-0"),
            ("isbn", "0-8044-2957-x"),
            ("url", "HTTPS://EXAMPLE.ORG:8080?a=%2f"),
            ("url", "http://[2001:db8::1]:80/x"),
        ] {
            assert_eq!(has_format(name, good), Ok(()), "{good}");
        }
    }
}
