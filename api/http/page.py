"""The officer's page: built files that are served as they are; without them, a page that says how to get them."""

from __future__ import annotations

import secrets
from pathlib import Path

from fastapi import FastAPI, HTTPException
from fastapi.responses import FileResponse, HTMLResponse, Response

from api.http.observe import content_policy

NONCE = "{nonce}"
"""Where the page's first file takes the nonce of its content security policy."""
SIGN_ON = "{sign-on}"
"""Where it takes the way to the organisation's own login; nothing where there is none."""
DIST = Path(__file__).parents[1] / "page" / "dist"

MISSING = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>综合查一次</title></head>
<body><h1>综合查一次</h1>
<p>服务已启动，接口可用；网页尚未生成，缺少文件夹 <code>api/page/dist</code>。</p>
<p>生成网页：在程序目录运行 <code>make page</code>，或以 <code>planner serve --build-page</code> 启动，再刷新本页。</p>
<p>接口文档：<a href="/v1/openapi.json">/v1/openapi.json</a></p></body></html>
"""


def mount(app: FastAPI, dist: Path = DIST, sign_on: str = "") -> None:
    """Serve the page at `/`. Addresses that the page itself knows (`/months/2026-06`) get its first file.

    `sign_on` is the address of the organisation's own login.
    """
    root = dist.resolve()
    index = root / "index.html"

    @app.get("/{path:path}", include_in_schema=False)
    def page(path: str) -> Response:
        file = root if "\0" in path else (root / path).resolve()
        if file.is_relative_to(root) and file.is_file() and file != index:
            # The names of the assets change with their contents; those of other files do not.
            kept = "max-age=31536000, immutable" if path.startswith("assets/") else "no-cache"
            return FileResponse(file, headers={"Cache-Control": kept})
        if file != index and (path.startswith("v1/") or "." in path.rpartition("/")[2]):
            raise HTTPException(404)
        if not index.is_file():
            return HTMLResponse(MISSING)
        nonce = secrets.token_urlsafe(16)
        headers = {"Cache-Control": "no-store", "Content-Security-Policy": content_policy(nonce)}
        first = index.read_text(encoding="utf-8").replace(NONCE, nonce).replace(SIGN_ON, sign_on)
        return HTMLResponse(first, headers=headers)
