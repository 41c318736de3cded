"""The letters' templates: defaults made from `templates.toml`, and those that the bureau has put into a folder.

A template is a Word file with tags of Jinja. It runs in a sandbox on plain texts, so whoever may change a template can
change what a letter says and nothing else.
"""

from __future__ import annotations

import io
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docx import Document
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from planner.domain.errors import InputError
from planner.report.sheets.cells import clean

_READ: dict[str, Any] = tomllib.loads(Path(__file__).with_name("templates.toml").read_text(encoding="utf-8"))
KINDS: Mapping[str, str] = {
    "fire_month": "消防月函",
    "joint_plan": "联合方案",
    "notice": "告知书",
    "filing_form": "备案表",
    "supervision": "监督建议书",
    "decision_request": "监督决定书请示",
}
"""Kinds of letters, with the name of the template's file."""
STAMP = (1980, 1, 1, 0, 0, 0)
"""Of every part of a file: the same letter makes the same bytes."""


def write_letter(kind: str, about: Mapping[str, Any], path: Path, templates: Path | None = None) -> None:
    """Write a letter of `kind`, filled with `about` (texts, and lists of mappings of texts), to `path`.

    The template is `templates`/<name>.docx where there is one, else the default. Raises InputError where a template
    cannot be read, has a tag that is wrong or asks for something that the letter does not have.
    """
    own = templates / f"{KINDS[kind]}.docx" if templates is not None else None
    file = io.BytesIO(own.read_bytes()) if own is not None and own.is_file() else default_template(kind)
    name = own.name if own is not None and own.is_file() else f"{KINDS[kind]}（默认）"
    try:
        template = DocxTemplate(file)
        template.render(_plain(about), SandboxedEnvironment(undefined=StrictUndefined, autoescape=True))
    except (TemplateError, SyntaxError, zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise InputError(f"模板 {name} 不能使用：{error} / the template cannot be used") from error
    save_steady(template, path)


def write_templates(folder: Path) -> list[Path]:
    """Write the default templates into `folder`, made if needed, to be changed; return the paths of those written.

    One that is there already is left as it is. Raises InputError where the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / f"{name}.docx" for name in KINDS.values()]
        written = [(kind, path) for kind, path in zip(KINDS, paths, strict=True) if not path.exists()]
        for kind, path in written:
            path.write_bytes(default_template(kind).getvalue())
    except OSError as error:
        raise InputError(f"无法写入 {folder}：{error.strerror} / cannot write {folder}") from error
    return [path for _, path in written]


def default_template(kind: str) -> io.BytesIO:
    """Return the default template as a file."""
    document = new_document(_READ[kind]["title"])
    for part in _READ[kind]["parts"]:
        if "p" in part:
            document.add_paragraph(part["p"])
        elif "each" in part:
            document.add_paragraph(f"{{%p for {part['each']} %}}")
        elif "end" in part:
            document.add_paragraph("{%p endfor %}")
        elif "new_page" in part:
            document.add_heading(part["new_page"], 1).paragraph_format.page_break_before = True
        else:
            _add_table(document, part)
    out = io.BytesIO()
    save_steady(document, out)
    return out


def new_document(title: str) -> Any:
    """Return a new Word document with a title."""
    document = Document()
    document.core_properties.author = document.core_properties.comments = ""
    document.add_heading(title, 0)
    return document


def _add_table(document: Any, part: Mapping[str, Any]) -> None:
    heads, cells = part["table"], part["cells"]
    table = document.add_table(rows=4, cols=len(heads), style="Table Grid")
    table.rows[1].cells[0].text = f"{{%tr for row in {part['rows']} %}}"
    table.rows[3].cells[0].text = "{%tr endfor %}"
    for column, (head, cell) in enumerate(zip(heads, cells, strict=True)):
        table.rows[0].cells[column].text = head
        table.rows[2].cells[column].text = f"{{{{ row.{cell} }}}}"


def save_steady(document: Any, target: Path | io.BytesIO) -> None:
    """Save a document so that the same content makes the same bytes. Raises InputError where it cannot be written."""
    inside = io.BytesIO()
    document.save(inside)
    try:
        with zipfile.ZipFile(inside) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
            for name in sorted(old.namelist()):
                new.writestr(zipfile.ZipInfo(name, STAMP), old.read(name), zipfile.ZIP_DEFLATED)
    except OSError as error:
        raise InputError(f"无法写入 {target}：{error.strerror} / cannot write there") from error


def _plain(value: Any) -> Any:
    """Return texts, and lists and mappings of them, without characters that a document cannot hold."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return clean(str(value))
