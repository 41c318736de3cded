"""The commands `planner account …`: the first administrator and every other account, from the server's own keyboard."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from api.commands.common import Data, Database, JsonTo, opened, tell
from planner.domain.errors import InputError

account = typer.Typer(
    help="账号：新建、列表、停用、启用、密码、令牌 / accounts: add, list, disable, enable, password, token",
    no_args_is_help=True,
)
COMMAND_LINE = "command-line"
"""Who the log says it was: whoever can start programs on the server."""

FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="从标准输入读取密码 / read the password from standard input")
]
Login = Annotated[str, typer.Argument(help="登录名 / login")]


@account.command()
def add(
    context: typer.Context,
    login: Login,
    role: Annotated[str, typer.Option(help="bureau agency town auditor integrator admin security audit")],
    name: Annotated[str, typer.Option(help="姓名，默认同登录名 / name, default: the login")] = "",
    agency: Annotated[str | None, typer.Option(help="检查主体编号(agency) / agency id")] = None,
    town: Annotated[str | None, typer.Option(help="街镇(town) / town")] = None,
    password_stdin: FromStdin = False,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="只用令牌，不能登录网页 / for tokens only")
    ] = False,
    database: Database = None,
    data: Data = None,
    json_to: JsonTo = None,
) -> None:
    """新建账号；密码当场输入，没有默认密码 / add an account; its password is asked for, there is no default."""
    from api.accounts import accounts
    from api.accounts.passwords import hash_password
    from api.store.database.migrate import prepare

    with opened(database, data, current=False, create=True) as (store, _):
        prepare(store)
        password_hash = None if no_password else hash_password(_password(password_stdin))
        with store.write() as tx:
            made = accounts.add(
                tx, login, name or login, role, password_hash, COMMAND_LINE, agency_id=agency, town=town
            )
    tell(context, json_to, f"已新建账号 {made.login} ({made.role}) / added", {"id": made.id, "login": made.login})


@account.command("list")
def list_(context: typer.Context, database: Database = None, data: Data = None, json_to: JsonTo = None) -> None:
    """列出账号 / list accounts."""
    from api.accounts import accounts

    with opened(database, data) as (store, _), store.read() as tx:
        found = accounts.accounts_in(tx, limit=100_000)
    values = [
        {"login": a.login, "role": a.role, "of": a.agency_id or a.town or "", "name": a.name, "active": a.active}
        for a in found
    ]
    lines = [f"{a.login}\t{a.role}\t{a.agency_id or a.town or ''}\t{a.name}{_standing(a)}" for a in found]
    tell(context, json_to, "\n".join(lines) or HOW_TO_BEGIN, values)


@account.command()
def disable(context: typer.Context, login: Login, database: Database = None, data: Data = None) -> None:
    """停用账号：立即退出，令牌失效 / disable an account: it is out at once."""
    _set_active(context, database, data, login, False)


@account.command()
def enable(context: typer.Context, login: Login, database: Database = None, data: Data = None) -> None:
    """重新启用账号 / enable an account again."""
    _set_active(context, database, data, login, True)


@account.command()
def password(
    context: typer.Context,
    login: Login,
    password_stdin: FromStdin = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """重设密码；该账号的登录全部结束 / set a password anew; the account's sessions end."""
    from api.accounts import accounts, sessions, throttle
    from api.accounts.passwords import hash_password

    with opened(database, data) as (store, _):
        password_hash = hash_password(_password(password_stdin))
        with store.write() as tx:
            found = _found(tx, login)
            accounts.set_password_hash(tx, found.id, password_hash, COMMAND_LINE)
            sessions.end_all(tx, found.id)
        throttle.forget_failures(store, login)
    tell(context, None, f"已重设 {login} 的密码 / the password of {login} is set", {})


@account.command()
def token(
    context: typer.Context,
    login: Login,
    label: Annotated[str, typer.Option(help="用途 / what it is for")],
    scope: Annotated[list[str], typer.Option(help="权限，可重复 / scope, may be repeated")],
    days: Annotated[int, typer.Option(help="有效天数 / days that it is good for")] = 90,
    database: Database = None,
    data: Data = None,
    json_to: JsonTo = None,
) -> None:
    """签发接口令牌，只显示一次 / issue a token for programs; it is shown this once."""
    from api.accounts import tokens

    with opened(database, data) as (store, _), store.write() as tx:
        issued, secret = tokens.issue(tx, _found(tx, login), label, scope, days, COMMAND_LINE)
    tell(context, json_to, secret, {"id": issued.id, "secret": secret, "expires_at": issued.expires_at})


@account.command()
def link(
    context: typer.Context,
    login: Login,
    subject: Annotated[str, typer.Option(help="统一认证中的用户标识(sub)，空为解除 / the issuer's `sub`; empty: none")],
    database: Database = None,
    data: Data = None,
) -> None:
    """把账号与统一认证的用户关联 / link an account to a subject of the identity provider."""
    from api.accounts import oidc

    with opened(database, data) as (store, _), store.write() as tx:
        oidc.link(tx, _found(tx, login), subject or None, COMMAND_LINE)
    tell(context, None, f"{login}: {'已关联 / linked' if subject else '已解除关联 / no longer linked'}", {})


def _standing(account: Any) -> str:
    if account.held_by:
        return f"（待他人确认，{account.held_by} 改动）"
    return "" if account.active else "（停用）"


HOW_TO_BEGIN = (
    "还没有账号。新建首个管理员 / no account yet; make the first administrator:\n"
    "  planner account add admin --role admin --name 管理员"
)


def _set_active(context: typer.Context, database: str | None, data: Path | None, login: str, active: bool) -> None:
    from api.accounts import accounts, sessions

    with opened(database, data) as (store, _), store.write() as tx:
        found = _found(tx, login)
        accounts.change(tx, found.id, found.etag, {"active": active}, COMMAND_LINE)
        if not active:
            sessions.end_all(tx, found.id)
    tell(context, None, f"{login}: {'已启用 / enabled' if active else '已停用 / disabled'}", {})


def _found(tx: Any, login: str) -> Any:
    from api.accounts import accounts

    found = accounts.by_login(tx, login)
    if found is None:
        raise InputError(f"没有账号 {login} / there is no account {login}")
    return found[0]


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    return str(typer.prompt("密码 / password", hide_input=True, confirmation_prompt=True))
