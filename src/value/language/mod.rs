//! How figures are written and said in a language: one file of data for each.
//!
//! A [`Language`] is a name of such a file, which is read when it is first asked for something. It is
//! part of how a rule says that numbers are written ([`crate::value::NumberFormat`]), and so reaches
//! what reads figures, dates and the words around them, and the shapes that patterns look for.
//! A new language is a file here and a line in the list below; `fixtures/languages` holds its test.

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

/// Words by which a text is known to be in a language that is not read, at least.
const LEAST: usize = 3;

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
        let mut counts = [[0usize; 2]; Language::COUNT];
        let mut others = [[0usize; 2]; OTHERS.len()];
        for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
            let word = word.to_lowercase();
            let own = Language::all().map(|language| {
                let cues = &language.words().cues;
                (cues.common.contains(&word), cues.letters.as_str())
            });
            let other = OTHERS.iter().map(|o| (o.common.contains(&word.as_str()), o.letters));
            let all = counts.iter_mut().chain(&mut others);
            for ([count, letters], (is_common, own)) in all.zip(own.chain(other)) {
                *count += usize::from(is_common);
                *letters += usize::from(!is_common && word.contains(|c| own.contains(c)));
            }
        }
        // `Café` alone makes no French.
        let whole = |[count, letters]: [usize; 2]| count + if count > 0 { letters } else { 0 };
        let counts = counts.map(whole);
        let usual = (Language::default(), counts[0]);
        let by_count = Language::all().zip(counts);
        let (language, most) =
            by_count.fold(usual, |most, own| if own.1 > most.1 { own } else { most });
        let is_other = |other: usize| other > most && other >= LEAST;
        (!others.map(whole).into_iter().any(is_other)).then_some(language)
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
        assert!(Language::known_of_text("Sales rose 5 percent in Malmö, by 12 kronor.").is_some());
    }
}
