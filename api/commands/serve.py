"""The command `planner serve`: the service in one process, with its page and embedded workers."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

import typer

from api.commands.common import Data, Database, opened
from planner.cli.session import Session, session_of
from planner.domain.errors import InputError

SWITCH_SECONDS = 0.0005
GRACE_SECONDS = 5
"""How long open connections (streams of progress) may hold up the end of the service."""


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="监听地址，默认本机 / address, default: this machine")] = None,
    port: Annotated[int | None, typer.Option(help="监听端口 / port")] = None,
    workers: Annotated[int | None, typer.Option(help="内嵌运行者个数，0 为无 / embedded workers, 0 for none")] = None,
    build_page: Annotated[bool, typer.Option("--build-page", help="先生成网页，需 node / build the page")] = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """启动服务：网页、接口和运行者 / run the service: page, interface and workers. Ctrl-C 停止，手头任务回到队列."""
    import logging
    import sys

    import uvicorn

    from api.accounts.accounts import count
    from api.app import create_app
    from api.commands.account import HOW_TO_BEGIN
    from api.http.observe import JsonLines
    from api.settings import read_settings
    from api.store.database.migrate import prepare
    from api.store.log import bind_what_stands

    settings = read_settings(database=database, data=data, host=host, port=port, workers=workers)
    session = session_of(context)
    with opened(database, data, current=False, create=True) as (store, _):
        prepare(store)
        bind_what_stands(store)
        with store.read() as tx:
            if count(tx) == 0:
                session.show(HOW_TO_BEGIN)
    if build_page:
        _build(session)
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    address = f"http://{f'[{settings.host}]' if ':' in settings.host else settings.host}:{settings.port}"
    session.show(f"服务地址 / serving at {address}，Ctrl-C 停止 / to stop")
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,  # `api.http.observe` writes one line a request
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    # A question passes between threads some ten times: waiting 5 ms each time for whoever computes adds up.
    sys.setswitchinterval(SWITCH_SECONDS)
    server = uvicorn.Server(config)
    try:
        with suppress(KeyboardInterrupt):  # raised again after the service has ended as it should
            server.run()
    except SystemExit as error:
        raise InputError(
            f"服务未能启动，端口 {settings.port} 可能已被占用，详情见上 / cannot serve at {address}"
        ) from error


def _build(session: Session) -> None:
    from api.http.page import DIST
    from api.page_build import build

    session.show(f"网页已生成 / the page is built: {build(DIST.parent)}")
