"""A file server with nothing around it: Starlette's own answer from a folder, ranges and all."""

import os
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route


async def _file(request: Request) -> FileResponse:
    return FileResponse(Path(os.environ["BENCH_FILES"]) / request.path_params["name"])


application = Starlette(routes=[Route("/{name}", _file)])
