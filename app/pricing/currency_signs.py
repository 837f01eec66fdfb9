"""How people write the currency of an amount: its code, its signs and its name in the language of the page."""

from collections.abc import Mapping, Sequence
from typing import Final

from babel import Locale
from babel.numbers import get_currency_name, get_currency_symbol

# Signs that people write where the language of the page has another one. A sign of several currencies stands for that of the page.
_SIGNS: Final[Mapping[str, Sequence[str]]] = {
    "aed": ("DH", "Dhs"),
    "ars": ("$", "AR$"),
    "aud": ("$", "A$", "AU$"),
    "bam": ("KM",),
    "bbd": ("$", "Bds$"),
    "bgn": ("лв.", "лв", "lv"),
    "bhd": ("BD",),
    "bmd": ("$",),
    "bnd": ("$", "B$"),
    "bob": ("Bs",),
    "brl": ("R$",),
    "bsd": ("$", "B$"),
    "bzd": ("$", "BZ$"),
    "cad": ("$", "C$", "CA$", "CAD$"),
    "chf": ("Fr.", "Fr", "SFr.", "SFr"),
    "clp": ("$", "CLP$"),
    "cny": ("¥", "元", "圆", "RMB", "CN¥"),
    "cop": ("$", "COL$"),
    "crc": ("₡",),
    "czk": ("Kč", "Kc"),
    "dkk": ("kr.", "kr"),
    "dop": ("$", "RD$"),
    "egp": ("£", "E£", "LE", "ج.م"),
    "eur": ("€",),
    "fjd": ("$", "FJ$"),
    "gbp": ("£", "UK£"),
    "gel": ("₾",),
    "gtq": ("Q",),
    "gyd": ("$", "G$"),
    "hkd": ("$", "HK$"),
    "hnl": ("L",),
    "huf": ("Ft", "Ft."),
    "idr": ("Rp", "Rp."),
    "ils": ("₪", 'ש"ח', "ש״ח", "NIS"),
    "inr": ("₹", "Rs.", "Rs", "/-"),
    "isk": ("kr.", "kr"),
    "jmd": ("$", "J$"),
    "jod": ("JD",),
    "jpy": ("¥", "円", "圓", "JP¥"),
    "kes": ("KSh", "Ksh.", "/="),
    "krw": ("₩", "원"),
    "kwd": ("KD", "K.D."),
    "kyd": ("$", "CI$"),
    "kzt": ("₸",),
    "lkr": ("Rs.", "Rs", "රු"),
    "mad": ("DH", "Dhs"),
    "mur": ("Rs.", "Rs"),
    "mxn": ("$", "MX$", "Mex$"),
    "myr": ("RM",),
    "nad": ("$", "N$"),
    "ngn": ("₦", "N"),
    "nok": ("kr.", "kr"),
    "npr": ("Rs.", "Rs", "रु"),
    "nzd": ("$", "NZ$"),
    "omr": ("RO", "R.O."),
    "pen": ("S/", "S/."),
    "php": ("₱", "P", "Php"),
    "pkr": ("Rs.", "Rs", "₨", "/-"),
    "pln": ("zł", "zl"),
    "pyg": ("₲", "Gs"),
    "qar": ("QR",),
    "ron": ("lei", "leu"),
    "rsd": ("din.", "din", "дин."),
    "rub": ("₽", "руб.", "руб", "р."),  # noqa: RUF001 - Cyrillic letters
    "sar": ("SR", "ر.س", "﷼"),
    "sbd": ("$", "SI$"),
    "scr": ("Rs.", "Rs", "SR"),
    "sek": ("kr.", "kr"),
    "sgd": ("$", "S$", "SG$"),
    "srd": ("$", "Sr$"),
    "thb": ("฿", "บาท"),
    "tnd": ("DT",),
    "try": ("₺", "TL"),
    "ttd": ("$", "TT$"),
    "twd": ("$", "NT$", "元", "圓"),
    "tzs": ("TSh", "/="),
    "uah": ("₴", "грн.", "грн"),
    "ugx": ("USh", "/="),
    "usd": ("$", "US$", "USD$"),
    "uyu": ("$", "$U"),
    "vnd": ("₫", "đ", "VNĐ"),
    "xcd": ("$", "EC$"),
    "xaf": ("FCFA", "CFA", "F"),
    "xof": ("FCFA", "CFA", "F"),
    "xpf": ("FCFP", "CFP", "F"),
    "zar": ("R",),
}

_SHORTEST_WORD: Final = 3
_COUNTS: Final = (1, 2, 5, 100)
"""Numbers that need different forms of a word in some language."""


def currency_signs(currency: str, locale: Locale) -> tuple[str, ...]:
    """Return every way in which people write this currency before or after a number, in lower case, the longest first."""
    code = currency.upper()
    names = [get_currency_name(code, count=count, locale=locale) for count in _COUNTS]
    symbols = [get_currency_symbol(code, locale), get_currency_symbol(code, Locale("en"))]
    # People say "dollars" where the full name is "US dollars".
    words = [word for name in names for word in (name.split()[0], name.split()[-1]) if len(word) >= _SHORTEST_WORD]
    signs = {code, *names, *words, *symbols, *_SIGNS.get(currency, ())}
    written = {form.casefold() for sign in signs for form in _forms(sign)}
    return tuple(sorted(written, key=len, reverse=True))


def _forms(sign: str) -> tuple[str, ...]:
    """Return a sign with and without the point of an abbreviation ("eur."), and with a space after a dollar sign ("$ CA")."""
    word = sign.rstrip(".\N{RIGHT-TO-LEFT MARK}")
    abbreviated = (word, f"{word}.") if word and word[-1].isalpha() else ()
    spaced = (f"$ {sign[1:]}",) if sign.startswith("$") and len(sign) > 1 else ()
    return (sign, *abbreviated, *spaced)
