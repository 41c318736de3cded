"""SVG as escaped markup: elements, scales, ticks."""

from __future__ import annotations

import math

from markupsafe import Markup, escape


def element(tag: str, *children: str | Markup, **attributes: str | float | None) -> Markup:
    """Return one element. Children and attributes are escaped; `_` in attribute names becomes `-`; None is left out."""
    given = "".join(
        Markup(' {}="{}"').format(name.rstrip("_").replace("_", "-"), _plain(value))
        for name, value in attributes.items()
        if value is not None
    )
    inside = Markup("").join(children)
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(tag), Markup(given), inside)


def _plain(value: str | float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def picture(name: str, title: str, width: int, height: int, *children: Markup, note: str = "") -> Markup:
    """Return an SVG image that scales with its column; `title` and `note` are what a screen reader says."""
    return element(
        "svg",
        element("title", title, id=f"{name}-title"),
        element("desc", note, id=f"{name}-desc") if note else Markup(""),
        *children,
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc" if note else f"{name}-title",
        class_=f"chart {name}",
    )


def label(value: str, x: float, y: float, class_: str = "", anchor: str = "start") -> Markup:
    """Return a text at a point."""
    return element("text", value, x=float(x), y=float(y), class_=class_ or None, text_anchor=anchor)


def text_width(value: str, size: float) -> float:
    """Return roughly how wide a text is: Chinese characters are square, others a little over half."""
    return sum(size if ord(char) > 0x2E7F else size * 0.58 for char in str(escape(value)))


def ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Return about `wanted` round numbers from `low` to `high`, whole ones where the span allows."""
    span = max(high - low, 1e-9)
    raw = span / max(wanted, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * n for n in (1, 2, 5, 10) if power * n >= raw)
    first = math.ceil(low / step - 1e-9)
    return [n * step for n in range(first, math.floor(high / step + 1e-9) + 1)]
