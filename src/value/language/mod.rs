//! How figures are written and said in a language: one file of data for each.
//!
//! A [`Language`] is a name of such a file, which is read when it is first asked for something. It is
//! part of how a rule says that numbers are written ([`crate::value::NumberFormat`]), and so reaches
//! what reads figures, dates and the words around them, and the shapes that patterns look for.
//! A new language is a file here and a line in the list below; `fixtures/languages` holds its test.

pub mod claims;
mod lengths;
pub mod months;
pub mod others;
pub mod phrases;
pub mod reference;
pub mod words;

use std::ops::Deref;
use std::sync::OnceLock;

use crate::source::did_you_mean;
use crate::value::language::others::OTHERS;
use crate::value::language::phrases::same;
use crate::value::language::words::Words;

/// The files, by what a language is called in rules; the first is the usual one.
static FILES: [(&str, &str); 10] = [
    ("en", include_str!("en.toml")),
    ("de", include_str!("de.toml")),
    ("fr", include_str!("fr.toml")),
    ("es", include_str!("es.toml")),
    ("it", include_str!("it.toml")),
    ("pt", include_str!("pt.toml")),
    ("nl", include_str!("nl.toml")),
    ("pl", include_str!("pl.toml")),
    ("ru", include_str!("ru.toml")),
    ("uk", include_str!("uk.toml")),
];
static READ: [OnceLock<Words>; FILES.len()] = [const { OnceLock::new() }; FILES.len()];

/// Different words by which a text is known to be in a language that is not read, at least.
const LEAST: u32 = 3;

/// What a text has of the words and letters of a language.
#[derive(Debug, Default)]
struct Cues {
    common: usize,
    /// Which of the common words there are, a bit each.
    different: u32,
    /// Other words with letters of it.
    letters: usize,
}

impl Cues {
    /// Takes a word; the place of one that is common.
    fn take(&mut self, word: &str, place: Option<usize>, letters: &str) {
        match place {
            Some(place) => {
                self.common += 1;
                self.different |= 1 << (place % 32);
            }
            None => self.letters += usize::from(word.contains(|c| letters.contains(c))),
        }
    }

    /// How much speaks for the language; `Café` alone makes no French.
    fn whole(&self) -> usize {
        self.common + if self.common > 0 { self.letters } else { 0 }
    }

    /// Whether more than a word or two speak for it, as `U-Bahn` does for none.
    fn is_sure(&self) -> bool {
        self.different.count_ones() + u32::from(self.letters > 1) >= LEAST
    }
}

/// The words of a text in small letters; initials and codes of two capitals, as in `U.S.` and `AZ`, are none.
fn words(text: &str) -> impl Iterator<Item = String> {
    let all = text.split_inclusive(|c: char| !c.is_alphabetic());
    all.filter_map(|part| {
        let word = part.trim_end_matches(|c: char| !c.is_alphabetic());
        let is_initial = word.chars().count() == 1 && part.ends_with(['.', '-', '+']);
        let is_code = word.chars().count() == 2;
        let is_name = (is_initial || is_code) && word.chars().all(char::is_uppercase);
        (!word.is_empty() && !is_name).then(|| word.to_lowercase())
    })
}

/// A language of texts; English unless a rule says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Language(usize);

impl Language {
    /// The usual one.
    pub const ENGLISH: Language = Language(0);
    /// How many there are.
    pub const COUNT: usize = FILES.len();

    /// Its number, below [`Language::COUNT`].
    pub fn number(self) -> usize {
        self.0
    }

    /// All of them, the usual one first.
    pub fn all() -> impl Iterator<Item = Language> {
        (0..FILES.len()).map(Language)
    }

    /// The one that is called so in rules.
    pub fn find(code: &str) -> Option<Language> {
        Language::all().find(|language| language.code() == code)
    }

    /// That of a text; the usual one where it is not known.
    pub fn of_text(text: &str) -> Language {
        Language::known_of_text(text).unwrap_or_default()
    }

    /// That of a text, by its commonest words, and the letters in others where it has such words; the
    /// usual one where none has more of them, and none where a language that is not read has.
    pub fn known_of_text(text: &str) -> Option<Language> {
        let mut counts: [Cues; Language::COUNT] = Default::default();
        let mut others: [Cues; OTHERS.len()] = Default::default();
        for word in words(text) {
            for (language, cues) in Language::all().zip(&mut counts) {
                let own = &language.words().cues;
                cues.take(&word, own.common.contains(&word).then_some(0), &own.letters);
            }
            for (other, cues) in OTHERS.iter().zip(&mut others) {
                cues.take(&word, other.place(&word), other.letters);
            }
        }
        let counts = counts.each_ref().map(Cues::whole);
        let usual = (Language::default(), counts[0]);
        let by_count = Language::all().zip(counts);
        let (language, most) =
            by_count.fold(usual, |most, own| if own.1 > most.1 { own } else { most });
        let is_other = |other: &Cues| other.whole() > most && other.is_sure();
        (!others.iter().any(is_other)).then_some(language)
    }

    /// What they are called in rules.
    pub fn codes() -> Vec<&'static str> {
        Language::all().map(Language::code).collect()
    }

    /// What to write for a name that is none of them.
    pub fn unknown(code: &str) -> String {
        let all = Language::codes();
        let near = || did_you_mean(code, all.iter().copied());
        let by_name = Language::all().find(|language| same(&language.name, code));
        match by_name.map(Language::code).or_else(near) {
            Some(near) => format!("did you mean `{near}`? The languages are {}", all.join(", ")),
            None => format!("the languages are {}", all.join(", ")),
        }
    }

    /// The sign between thousands in columns of numbers, where a rule names the language; in English
    /// none is read that is not declared.
    pub fn grouping_of_columns(self, decimal: char) -> Option<char> {
        let usual = || self.grouping.iter().copied().find(|sign| *sign != decimal);
        (self != Language::default()).then(usual).flatten()
    }

    /// What it is called in rules.
    pub fn code(self) -> &'static str {
        FILES.get(self.0).map_or("en", |file| file.0)
    }
}

impl Language {
    /// What its file says.
    pub fn words(self) -> &'static Words {
        static NONE: OnceLock<Words> = OnceLock::new();
        let (Some(read), Some((_, text))) = (READ.get(self.0), FILES.get(self.0)) else {
            return NONE.get_or_init(Words::default);
        };
        // A test reads every file.
        read.get_or_init(|| Words::read(text).unwrap_or_default())
    }
}

impl Deref for Language {
    type Target = Words;
    fn deref(&self) -> &Words {
        self.words()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_can_be_read() {
        for (code, text) in FILES {
            let words = Words::read(text).unwrap_or_else(|why| panic!("{code}: {why}"));
            assert!(!words.name.is_empty() && words.dates.months.all.len() >= 12, "{code}");
            assert!(!words.grouping.contains(&words.decimal), "{code}");
        }
        assert_eq!(Language::find("en"), Some(Language::default()));
        assert_eq!(Language::find("English"), None);
    }

    #[test]
    fn a_sentence_is_enough_to_know_a_language() {
        let all = [
            ("fr", "De 2010 à 2020, la population a augmenté de 8 %."),
            ("fr", "Le nombre de votes par correspondance a doublé, de 11 340 à 22 680."),
            ("fr", "Le taux de participation est passé de 61,2 % en 2019 à 64,4 % en 2024."),
            ("es", "La tasa pasó de 9 % en 2010 a 4 % en 2020."),
            ("it", "La popolazione è scesa da 52.300 nel 2010 a 48.100 nel 2020."),
            ("pt", "A população caiu de 52.300 em 2010 para 48.100 em 2020."),
            ("nl", "De bevolking daalde van 52.300 in 2010 naar 48.100 in 2020."),
            ("de", "Der Landkreis hatte 2024 insgesamt 309.370 Einwohner."),
            ("en", "The de la Cruz family had a café with 12 percent of the sales."),
            ("en", "Café sales up 12 percent."),
        ];
        for (code, text) in all {
            assert_eq!(Language::of_text(text).code(), code, "{text}");
        }
    }

    #[test]
    fn a_language_that_is_not_read_is_taken_for_none() {
        let all = [
            "Försäljningen steg med 1,5 procent till 12.500 kronor, från 12 315 kronor år 2022.",
            "Salget steg med 1,5 prosent til 12.500 kroner, fra 12 315 kroner i 2022.",
            "Salget steg med 1,5 procent til 12.500 kroner, fra 12.315 kroner i 2022.",
            "Tržby loni stouply o 1,5 procenta na 12.500 korun, z 12 315 korun v roce 2022.",
            "Satışlar yüzde 1,5 arttı ve 12.500 liraya yükseldi.",
            "Myynti nousi 1,5 prosenttia ja oli noin 3,25 miljoonaa euroa.",
            "Vânzările au crescut cu 1,5 la sută, la 12.500 de lei, față de 12.315 lei în 2022.",
        ];
        for text in all {
            assert_eq!(Language::known_of_text(text), None, "{text}");
        }
        for (text, code) in [
            ("Sales rose 5 percent in Malmö, by 12 kronor.", "en"),
            ("U.S. prices rose 3.4 percent, U.S. data showed. U.S. stocks gained 1 percent.", "en"),
            ("E.U. exports: 30 billion. E.U. imports: 20 billion.", "en"),
            ("Phoenix, AZ: 1.6 million. Tucson, AZ: 540,000. Mesa, AZ: 500,000.", "en"),
            ("45 bu corn, 30 bu wheat, 20 bu oats, 10 bu rye.", "en"),
            ("Exports: AT 12 million, OM 3 million, ER 2 million, AF 1 million.", "en"),
            ("DER LANDKREIS HATTE 2024 INSGESAMT 309.370 EINWOHNER.", "de"),
            ("Neue U-Bahn für München: U9 kostet 4 Milliarden Euro.", "de"),
            ("Er gewann den Titel 3-mal, den Pokal 5-mal.", "de"),
            ("Wat betaalt u? U betaalt 45 euro per maand als u ouder bent dan 18 jaar.", "nl"),
        ] {
            let known = Language::known_of_text(text);
            assert_eq!(known.map(Language::code), Some(code), "{text}");
        }
    }
}
