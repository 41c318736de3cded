"""Compression of answers that may be compressed: the page's files, what is public, and lists of a stored plan.

Compressed, an answer's length tells how alike its parts are. Who can add text to an answer again and again and see its
length on the wire learns what else is in it, although it is encrypted. So an answer is compressed only where nobody can
add to it at will: files of the page and the law are the same for everybody, and lists of a plan are what was written
when the plan was made. Whatever others write into while it is read (log, reports, results, refusals, answers of
rounds, accounts, tokens) is sent as it is. Cookies and tokens stand in headers, which are never compressed here, and
session cookies are `SameSite=Strict`: another site's page cannot ask in an officer's name.
"""

from __future__ import annotations

import re

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

MAY_BE = re.compile(
    r"/assets/.+"
    r"|/v1/openapi\.json|/v1/(rulebook|finding-types)(/.*)?"
    r"|/v1/public/months/[^/]+/visits"
    r"|/v1/plans/[^/]+(/(visits|left-out|not-visited|exceptions|kpis))?"
)
"""Paths of what may be compressed, where it is read."""
SMALLEST, LEVEL = 1_024, 5
"""Bytes below which an answer is sent as it is, and how hard the compression tries, of 9."""


class Compress:
    """The layer that compresses: Starlette's own, for `MAY_BE` alone."""

    def __init__(self, app: ASGIApp) -> None:
        self.plain, self.compressed = app, GZipMiddleware(app, minimum_size=SMALLEST, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        reads = scope["type"] == "http" and scope["method"] == "GET" and MAY_BE.fullmatch(scope["path"])
        await (self.compressed if reads else self.plain)(scope, receive, send)
