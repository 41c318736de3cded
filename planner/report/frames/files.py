"""Frames as files: CSV and a workbook always, Parquet where pyarrow is installed; and a table of what columns mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from planner.domain.errors import InputError
from planner.intake.tables.layout import FORMULA_STARTS, TEXT_QUOTE
from planner.report.frames.schema import FRAMES
from planner.report.sheets.cells import Book, Cell, Head, clean

Kind = Literal["csv", "xlsx", "parquet"]
KINDS: tuple[Kind, ...] = ("csv", "xlsx", "parquet")
COLUMNS_FILE = "columns.csv"
WORKBOOK = "frames.xlsx"
_QUOTED = tuple(TEXT_QUOTE + start for start in FORMULA_STARTS)
_NEEDS_PYARROW = (
    "写 Parquet 需要 pyarrow：pip install 'joint-inspection-planner[frames]' / "
    "Parquet needs pyarrow: pip install 'joint-inspection-planner[frames]'"
)


def columns_frame(names: Iterable[str]) -> pd.DataFrame:
    """Return what the columns of the frames mean: frame, column, dtype, unit, Chinese, English."""
    rows = [
        {"frame": name, "column": c.key, "dtype": c.dtype, "unit": c.unit, "zh": c.zh, "en": c.en}
        for name in names
        for c in FRAMES[name]
    ]
    return pd.DataFrame(rows, columns=["frame", "column", "dtype", "unit", "zh", "en"], dtype="str")


def write_frames(frames: Mapping[str, pd.DataFrame], folder: Path, kinds: Sequence[Kind] = ("csv",)) -> list[Path]:
    """Write the frames and `columns.csv` into `folder`, made if needed; return the paths.

    In CSV and workbook no cell begins like a formula, and dates are text YYYY-MM-DD; Parquet holds the values as they
    are. Raises InputError where the folder cannot be written to or pyarrow is missing, before anything is written.
    """
    if "parquet" in kinds and find_spec("pyarrow") is None:
        raise InputError(_NEEDS_PYARROW)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths = [_write_csv(columns_frame(frames), folder / COLUMNS_FILE)]
        for name, one in frames.items():
            if "csv" in kinds:
                paths.append(_write_csv(one, folder / f"{name}.csv"))
            if "parquet" in kinds:
                path = folder / f"{name}.parquet"
                one.to_parquet(path, engine="pyarrow", index=False)
                paths.append(path)
        if "xlsx" in kinds:
            paths.append(_write_workbook(frames, folder / WORKBOOK))
    except OSError as error:
        raise InputError(f"无法写入 {folder}：{error.strerror} / cannot write {folder}") from error
    return paths


def read_frame(path: Path) -> pd.DataFrame:
    """Return a frame from its CSV or Parquet file, named as `write_frames` names it, dtypes as declared.

    Raises InputError where the file is missing, no frame, or has other columns than the frame of its name.
    """
    columns = FRAMES.get(path.stem)
    if columns is None:
        raise InputError(f"{path.name}：没有这样的表，可用：{'、'.join(FRAMES)} / no such frame: {', '.join(FRAMES)}")
    try:
        if path.suffix == ".parquet":
            return pd.read_parquet(path).astype({c.key: c.dtype for c in columns})
        raw = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise InputError(f"{path.name}：读不出 / cannot be read: {error}") from error
    if [c.key for c in columns] != list(raw.columns):
        raise InputError(f"{path.name}：列与“{path.stem}”表不符 / not the columns of {path.stem}")
    return pd.DataFrame({c.key: _typed(raw[c.key], c.dtype) for c in columns})


def _typed(cells: pd.Series, dtype: str) -> pd.Series:
    if dtype == "str":
        return cells.map(lambda text: text[1:] if text.startswith(_QUOTED) else text).astype("str")
    if dtype == "bool":
        return cells.map({"True": True, "False": False}).astype("bool")
    if dtype.startswith("datetime"):
        return pd.to_datetime(cells.where(cells != "", None), format="%Y-%m-%d").astype(dtype)
    return pd.to_numeric(cells.where(cells != "", None)).astype(dtype)


def _write_csv(one: pd.DataFrame, path: Path) -> Path:
    draft = path.with_name(f".{path.name}.draft")
    text = one.select_dtypes("str").columns
    plain = one.assign(**{key: one[key].map(_plain) for key in text})
    plain.to_csv(draft, index=False, encoding="utf-8-sig", date_format="%Y-%m-%d", lineterminator="\n")
    return draft.replace(path)


def _plain(cell: str) -> str:
    cell = clean(cell)
    return TEXT_QUOTE + cell if cell.startswith(FORMULA_STARTS) else cell


def _write_workbook(frames: Mapping[str, pd.DataFrame], path: Path) -> Path:
    columns = columns_frame(frames)
    with Book(path, "planner frames") as book:
        for name, one in [("columns", columns), *frames.items()]:
            heads = [Head(str(key), 16) for key in one.columns]
            rows = ([_cell(value) for value in row] for row in one.itertuples(index=False))
            book.sheet(name).table(heads, rows, main=True)
    return path


def _cell(value: Any) -> Cell:
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return str(value.date())
    return str(value) if isinstance(value, bool) else value
