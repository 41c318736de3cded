"""What routes ask for: store, settings, a page of a list, the version of what is edited."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.problems import Problem
from api.settings import Settings
from api.store import Store

Item = TypeVar("Item")


def store(request: Request) -> Store:
    """Return the service's store."""
    found: Store = request.app.state.store
    return found


def settings(request: Request) -> Settings:
    """Return the settings in force."""
    found: Settings = request.app.state.settings
    return found


StoreDep = Annotated[Store, Depends(store)]
SettingsDep = Annotated[Settings, Depends(settings)]


class Listed(BaseModel, Generic[Item]):
    """One page of a list. `next` is the cursor of the page after it, None on the last."""

    model_config = ConfigDict(extra="forbid")

    items: list[Item]
    next: str | None = Field(None, description="下一页的游标；最后一页为空")


@dataclass(frozen=True, slots=True)
class Page:
    """The page asked for: at most `limit` items after the one that the cursor names."""

    limit: int
    after: Any = None

    def number(self) -> int | None:
        """Return the cursor of a list in order of a number. Raises Problem 400 where it is another list's."""
        if self.after is None:
            return None
        if type(self.after) is not int or not -(2**31) <= self.after < 2**31:
            raise bad_cursor()
        return self.after

    def texts(self, count: int) -> Any:
        """Return the cursor of a list in order of `count` texts, a tuple. Raises Problem 400 where it is another's."""
        if self.after is None:
            return None
        if not isinstance(self.after, list) or len(self.after) != count or not all(map(_is_text, self.after)):
            raise bad_cursor()
        return tuple(self.after)

    def text(self) -> str | None:
        """Return the cursor of a list in order of a text. Raises Problem 400 where it is another list's."""
        if self.after is None or isinstance(self.after, str):
            return self.after
        raise bad_cursor()


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value


def page(
    limit: Annotated[int, Query(ge=1, le=500, description="每页至多多少项")] = 100,
    cursor: Annotated[str | None, Query(max_length=500, description="上一页给出的 next")] = None,
) -> Page:
    """Return the page asked for. Raises Problem 400 on a cursor that is none."""
    if not cursor:
        return Page(limit)
    try:
        value = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=="))
    except (ValueError, binascii.Error, UnicodeError, RecursionError):
        raise bad_cursor() from None
    if isinstance(value, str) and "\0" in value:
        raise bad_cursor()
    return Page(limit, value)


PageDep = Annotated[Page, Depends(page)]


def set_etag(response: Response, version: int) -> None:
    """Tell the version of what is shown; a change to it has to name that version."""
    response.headers["ETag"] = f'"{version}"'


def if_match(
    value: Annotated[str | None, Header(alias="If-Match", description='读取时给出的版本（ETag），如 "3"')] = None,
) -> int:
    """Return the version that the caller has seen. Raises Problem 428 where it names none."""
    if value is None:
        raise Problem(428, "if-match", "请在请求头 If-Match 中给出读取时的版本（ETag）。")
    text = value.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Problem(412, "version", "请求头 If-Match 不是本服务给出的版本。请重新读取后再改。")
    return int(text)


IfMatch = Annotated[int, Depends(if_match)]


def bad_cursor() -> Problem:
    return Problem(400, "cursor", "游标不可用。请从第一页重新读取。")
