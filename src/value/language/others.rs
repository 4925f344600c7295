//! What little is known of languages that are not read: enough not to take one for a neighbour.

use crate::value::language::words::Words;

/// The commonest words of a language that those around it do not have, and its letters.
pub(super) struct Other {
    common: &'static str,
    pub letters: &'static str,
}

impl Other {
    /// The place of a word among the common ones.
    pub fn place(&self, word: &str) -> Option<usize> {
        self.common.split(' ').position(|common| common == word)
    }
}

pub(super) static OTHERS: [Other; 13] = [
    // Swedish
    Other {
        common: "och att som på är av för med till den det ett från har inte var vid om år hade \
            blev eller procent kronor miljoner steg",
        letters: "åäö",
    },
    // Norwegian
    Other {
        common: "og at som på er av for med til den det et fra har ikke var ved om år hadde ble \
            eller prosent kroner millioner steg",
        letters: "åøæ",
    },
    // Danish
    Other {
        common: "og at som på er af for med til den det et fra har ikke var ved om år havde blev \
            eller procent kroner millioner steg",
        letters: "åøæ",
    },
    // Finnish
    Other {
        common: "ja oli on ei että se hän mutta vuonna prosenttia euroa miljoonaa noin sekä myös \
            kuin ovat olivat nousi laski",
        letters: "äö",
    },
    // Czech
    Other {
        common: "se na v ve je že z ze do byl byla bylo byly jsou podle roce roku procenta korun \
            milionů až loni proti",
        letters: "ěřůčšžďťň",
    },
    // Slovak
    Other {
        common: "sa na v vo je že z zo do bol bola bolo boli sú podľa roku percenta miliónov až \
            vlani oproti",
        letters: "ľťďňčšžô",
    },
    // Croatian, Serbian, Slovene
    Other {
        common: "i je se na u do su bio bila bilo godine godini posto odsto milijuna miliona \
            milijardi eura evrov milijonov odstotkov leta kuna",
        letters: "čšžđ",
    },
    // Hungarian
    Other {
        common: "a az és egy hogy nem volt voltak százalékkal százalék forintra forint millió \
            milliárd évben mint is ezer után szerint",
        letters: "őű",
    },
    // Romanian
    Other {
        common: "și în de la a cu din pe un o că au fost este sută lei milioane miliarde anul ani \
            mai pentru față",
        letters: "șțăîşţ",
    },
    // Turkish
    Other {
        common: "ve bir bu yüzde için ile olarak liraya lira liradan milyon milyar kadar yılında \
            arttı düştü oldu yükseldi den dan ye ya kişi satışlar satışları",
        letters: "ğşı",
    },
    // Catalan
    Other {
        common: "i el la els les dels amb per una van va és són més l als milions anys de del \
            fins des",
        letters: "·",
    },
    // Greek
    Other {
        common: "και το η ο της του από σε με στο στην για ευρώ", letters: "ςάέήίόύώ"
    },
    // Bulgarian
    Other {
        common: "и на с от се в е са през година лева милиона беше като че", letters: ""
    },
];

/// Words of scale in some languages, as they stand behind figures; no other word is written like one.
const SCALES: &str = "million millions billion billions millionen milliarde milliarden milliard \
    milliards millón millones billones milione milioni miliardo miliardi milhão \
    milhões bilhões miljoen miljard milion miliony milionów miliard miliardy \
    miliardów miljon miljoner miljarder millioner milliarder miljoona miljoonaa \
    miljardia milionů miliónov milijuna milijardi millió milliárd milioane miliarde \
    milyon milyar milions";

/// Whether a word is one of scale in other languages and none in this.
pub fn is_scale_elsewhere(word: &str, language: &Words) -> bool {
    let word = word.to_lowercase();
    SCALES.split(' ').any(|scale| scale == word)
        && language.scales.get(&word).is_none()
        && language.short_scales.get(&word).is_none()
}
