"""The service's settings: frozen values from the environment over a file over the defaults.

Each setting `name` is read from the variable `PLANNER_NAME`, else from the key `name` of the TOML file that
`PLANNER_SETTINGS` names, else it has its default. `as_table` gives the list that the documentation shows. A name that
no setting has, in either place, is an error: a mistyped limit must not be silently without effect.
"""

from __future__ import annotations

import os
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from planner.domain.errors import InputError

PREFIX = "PLANNER_"
FILE_VARIABLE = "PLANNER_SETTINGS"
SERVICE_VARIABLE = "PLANNER_SERVICE_FILE"
SERVICE_FILE = Path("/etc/planner/planner.env")
"""The environment that the installed service runs with (`deploy/`): a command typed in a shell reads it too, so that it
acts on the service's database and not on another. `PLANNER_SERVICE_FILE` names another file."""
NOT_OURS = frozenset({FILE_VARIABLE, SERVICE_VARIABLE, "PLANNER_LANG", "PLANNER_TEST_POSTGRES"})
"""Variables with our prefix that are no settings of the service."""


def _setting(default: Any, meaning: str, low: float | None = None) -> Any:
    """Return a field with its meaning and the least value that it may have."""
    return field(default=default, metadata={"meaning": meaning, "low": low})


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of the service; see each field's meaning."""

    data: Path = _setting(  # noqa: RUF009 - a field, only with its meaning
        Path("data"), "数据文件夹：默认数据库、产出文件 / folder of the default database and artefacts"
    )
    database: str = _setting(
        "",
        "数据库地址，空为数据文件夹中的 SQLite 文件 / SQLAlchemy URL of SQLite or PostgreSQL; empty: a file in `data`",
    )
    pool: int = _setting(8, "每个进程的数据库连接数 / database connections of a process", 1)
    busy_seconds: float = _setting(30.0, "等待写锁的秒数 / seconds to wait for the right to write", 0.1)
    workers: int = _setting(1, "`serve` 内嵌的运行者个数 / embedded workers of `serve`", 0)
    lease_seconds: float = _setting(
        60.0, "运行者失联多少秒后由他人接手 / seconds after which a silent worker's run is taken over", 0.5
    )
    poll_seconds: float = _setting(0.5, "空闲运行者查看新任务的间隔秒数 / seconds between looks for work", 0.01)
    progress_seconds: float = _setting(0.5, "两次记录进度之间的最短秒数 / least seconds between stored progress", 0.0)
    grace_seconds: float = _setting(
        300.0, "要求停止后等待多少秒再强行结束 / seconds between asking a run to stop and killing it", 0.0
    )
    run_seconds: float = _setting(3600.0, "一次运行的时限秒数 / time limit of a run, seconds", 1.0)
    run_mib: int = _setting(4096, "一次运行的内存上限 MiB / memory limit of a run, MiB", 64)
    deaths: int = _setting(
        3, "运行者随同一任务终止几次后判为失败 / worker deaths after which a run is given up as failed", 1
    )
    letters: str = _setting("", "函件模板的文件夹，空为默认模板 / folder of templates of letters; empty: the defaults")
    host: str = _setting("127.0.0.1", "`serve` 监听的地址 / address that `serve` listens on")
    port: int = _setting(8000, "`serve` 监听的端口 / port that `serve` listens on", 1)
    plain_http: int = _setting(
        0, "1：允许不经 HTTPS 从其他机器登录 / 1: let people log in from other machines without HTTPS", 0
    )
    session_hours: float = _setting(12.0, "登录最长保持的小时数 / hours after which a session ends", 0.1)
    idle_minutes: float = _setting(60.0, "无操作多少分钟后需重新登录 / minutes of doing nothing that end a session", 1)
    rate_per_second: float = _setting(50.0, "每个账号每秒请求数 / requests a second of one account", 0.1)
    rate_burst: int = _setting(200, "每个账号可一次连续发出的请求数 / requests that it may make at once", 1)
    oidc_issuer: str = _setting("", "统一认证（OIDC）地址，空为不用 / OpenID Connect issuer; empty: none")
    oidc_client_id: str = _setting("", "本系统在统一认证处的客户端编号 / client id at the issuer")
    oidc_client_secret: str = _setting("", "客户端密钥 / client secret")
    public_url: str = _setting(
        "", "用户看到的本系统地址，空为请求所用的地址 / address that people see; empty: that of the request"
    )
    upload_mib: int = _setting(64, "一次上传的上限 MiB / limit of an upload, MiB", 1)
    free_mib: int = _setting(
        512, "磁盘剩余低于多少 MiB 时报告未就绪 / MiB left on the disk below which it is not ready", 0
    )
    keep_uploads_days: float = _setting(90.0, "上传的工作簿保留天数 / days that uploaded workbooks are kept", 1)
    keep_files_days: float = _setting(
        180.0, "未发布草案的文件保留天数 / days that files of drafts are kept that nobody publishes", 1
    )
    keep_jobs_days: float = _setting(400.0, "已结束任务的保留天数 / days that ended runs are kept", 1)
    keep_people_days: float = _setting(
        1095.0, "不再使用的个人信息保留天数 / days that personal data are kept that nothing rests on", 1
    )

    @property
    def database_url(self) -> str:
        """Return the URL in force."""
        return self.database or f"sqlite:///{(self.data / 'planner.sqlite').resolve()}"

    @property
    def signs_on_elsewhere(self) -> bool:
        """Whether accounts may log in by the organisation's own identity provider."""
        return bool(self.oidc_issuer and self.oidc_client_id)

    @property
    def artefacts(self) -> Path:
        """Return the folder in which runs leave files."""
        return self.data / "artefacts"

    @property
    def beside(self) -> Path:
        """Return the folder for what can be made again from the database."""
        return self.data / "cases"


def room(settings: Settings) -> tuple[int, int]:
    """Return the bytes of the disk that holds the service's data: (all, free)."""
    data = settings.data
    found = shutil.disk_usage(data if data.exists() else data.absolute().parent)
    return found.total, found.free


def read_settings(environment: Mapping[str, str] | None = None, **given: Any) -> Settings:
    """Return the settings in force; `given` (from a command line) comes before everything else, None meaning not given.

    Without an `environment` it is the process's, over that of the installed service where `given` names no data of its
    own. Raises InputError on an unknown name, a value of the wrong kind or below its limit, or an unreadable file.
    """
    if environment is not None:
        env = environment
    elif given.get("data") is None and given.get("database") is None:
        env = {**service_environment(), **os.environ}
    else:
        env = os.environ
    known = {item.name for item in fields(Settings)}
    values: dict[str, Any] = {}
    if file := env.get(FILE_VARIABLE, ""):
        values |= _of_file(Path(file), known)
    for variable, text in env.items():
        if not variable.startswith(PREFIX) or variable in NOT_OURS:
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name not in known:
            raise InputError(f"没有设置项 {variable} / there is no setting {variable}")
        values[name] = text
    values |= {name: value for name, value in given.items() if value is not None}
    return Settings(**{name: _converted(name, value) for name, value in values.items()})


def service_environment() -> dict[str, str]:
    """Return the environment of the installed service, {} where none is installed.

    Raises InputError where its file is there and cannot be read: a guess would act on another database.
    """
    path = Path(os.environ.get(SERVICE_VARIABLE) or SERVICE_FILE)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise InputError(
            f"服务的设置 {path} 不可读：请用 sudo -u planner 运行，或用 --data、--database 指明 / "
            f"the service's settings {path} cannot be read: run as its user, or name --data or --database"
        ) from error
    pairs = (line.strip().partition("=") for line in lines if line.strip() and not line.lstrip().startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}


def is_named(**given: Any) -> bool:
    """Return whether anybody has said where the data are: a command line, the environment, or the installed service."""
    names = (FILE_VARIABLE, f"{PREFIX}DATA", f"{PREFIX}DATABASE")
    known = {**service_environment(), **os.environ}
    return any(value is not None for value in given.values()) or any(known.get(name) for name in names)


def _of_file(path: Path, known: set[str]) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"设置文件 {path} 不可读：{error} / settings file {path} cannot be read") from error
    unknown = sorted(set(values) - known)
    if unknown:
        raise InputError(f"{path}：没有设置项 {unknown[0]} / {path}: there is no setting {unknown[0]}")
    return values


def _converted(name: str, value: Any) -> Any:
    item = next(item for item in fields(Settings) if item.name == name)
    low = item.metadata["low"]
    kind: Any = type(item.default)
    try:
        found = kind(value)
    except (TypeError, ValueError):
        raise InputError(f"设置项 {name} 的值“{value}”不可用 / {name}: cannot use {value!r}") from None
    if low is not None and not found >= low:  # also refuses nan
        raise InputError(f"设置项 {name} 不得小于 {low:g} / {name} must be at least {low:g}")
    return found


def as_table() -> list[tuple[str, str, str]]:
    """Return (variable, default, meaning) of each setting, for the documentation and the help."""
    return [(PREFIX + item.name.upper(), str(item.default), item.metadata["meaning"]) for item in fields(Settings)]
