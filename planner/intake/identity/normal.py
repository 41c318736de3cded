"""Names and addresses as they are compared: without width, brackets, kinds of company, city and district."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from stdnum.cn import uscc

_SIGNS = re.compile(r"[\s\W_]+")
_KINDS = "股份有限公司|有限责任公司|责任有限公司|有限公司|股份公司|集团公司|公司"
_COMPANY = re.compile(rf"({_KINDS})(?=$|\w{{0,12}}(?:分公司|店|厂|部|分店)$)")
_DISTRICT = re.compile(r"^(中国)?(上海市|上海)?(金山区|金山)?")
_HAN = r"[\u4e00-\u9fff]"
_PROVINCE = re.compile(
    rf"^(中国)?(?:{_HAN}{{2,8}}?(?:省|自治区))?(?:{_HAN}{{2,8}}?市)?(?:(?!{_HAN}{{0,4}}?(?:工业|开发|园|小|新)区){_HAN}{{1,4}}?[区县])?"
)
_TOWN = re.compile(rf"^{_HAN}{{1,6}}?(?:镇|街道|乡)")


@lru_cache(maxsize=200_000)
def plain_name(text: str) -> str:
    """Return a name half-width, without signs, kind of company and district."""
    plain = _SIGNS.sub("", unicodedata.normalize("NFKC", text)).casefold()
    shorter = _COMPANY.sub("", plain)
    return _DISTRICT.sub("", shorter) or shorter or plain


@lru_cache(maxsize=200_000)
def plain_address(text: str) -> tuple[str, str]:
    """Return (town, rest) of an address half-width, without signs, city and district; "" for what it does not say."""
    plain = re.sub(r"[\s,，.。;；:：()（）【】\[\]]+", "", unicodedata.normalize("NFKC", text)).casefold()
    plain = _PROVINCE.sub("", plain.replace("號", "号"))
    town = _TOWN.match(plain)
    return (town[0], plain[town.end() :]) if town else ("", plain)


@lru_cache(maxsize=10_000)
def town_stem(town: str) -> str:
    """Return a town's name without what kind of town it is."""
    return re.sub(
        r"(人民政府|街道办事处|镇|街道|乡)$", "", _DISTRICT.sub("", unicodedata.normalize("NFKC", town)).strip()
    )


@lru_cache(maxsize=200_000)
def credit_code(text: str) -> tuple[str, bool]:
    """Return a credit code without signs, and whether its check character fits; ("", False) where it is none."""
    code = _SIGNS.sub("", unicodedata.normalize("NFKC", text)).upper()
    if len(code) != 18:
        return "", False
    return code, bool(uscc.is_valid(code))


def place_number(site: str, code: str) -> int | None:
    """Return the number of the place in an id `credit code-number`, None in an id of another form."""
    head, _, tail = unicodedata.normalize("NFKC", site).upper().replace(" ", "").rpartition("-")
    return int(tail) if head == code and tail.isdigit() else None
