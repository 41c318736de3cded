"""Unified social credit codes: valid in form, marked as made up.

Form and check characters follow GB 32100-2015 (18 signs) and GB 11714 (the organisation code in it). The organisation
code of a demo enterprise begins with `DEM`, which no register issues, so the codes belong to nobody.
"""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100 leaves out I, O, S, V and Z."""

DEMO_MARK = "DEM"

_CODE_MODULUS = 31
_CODE_WEIGHTS = tuple(pow(3, place, _CODE_MODULUS) for place in range(17))
_ORGANISATION_MODULUS = 11
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def organisation_check(body: str) -> str:
    """Return the check character of the 8 signs of an organisation code (GB 11714)."""
    total = sum(int(sign, 36) * weight for sign, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    rest = _ORGANISATION_MODULUS - total % _ORGANISATION_MODULUS
    return {10: "X", 11: "0"}.get(rest, str(rest))


def code_check(body: str) -> str:
    """Return the check character of the first 17 signs of a credit code (GB 32100)."""
    total = sum(ALPHABET.index(sign) * weight for sign, weight in zip(body, _CODE_WEIGHTS, strict=True))
    return ALPHABET[-total % _CODE_MODULUS]


def is_valid(code: str) -> bool:
    """Return whether `code` is a credit code by length, signs and both check characters."""
    return (
        len(code) == 18
        and all(sign in ALPHABET for sign in code)
        and organisation_check(code[8:16]) == code[16]
        and code_check(code[:17]) == code[17]
    )


def demo_code(prefix: str, district: str, number: int) -> str:
    """Return made-up code `number` (0 to 99,999) of a kind (`prefix`, two signs) in a district (six digits)."""
    body = f"{DEMO_MARK}{number:05d}"
    code = prefix + district + body + organisation_check(body)
    return code + code_check(code)
