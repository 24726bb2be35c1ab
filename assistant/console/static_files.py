"""The style sheet, scripts and icon, sent from memory under a name that changes with their content."""

import mimetypes
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response

_FOLDER = Path(__file__).parent / "static"
_SENT = frozenset({".css", ".js", ".svg", ".txt"})


def _read() -> dict[str, bytes]:
    files = sorted(path for path in _FOLDER.rglob("*") if path.suffix in _SENT)
    return {path.relative_to(_FOLDER).as_posix(): path.read_bytes() for path in files}


FILES = _read()
VERSION = sha256(b"".join(name.encode() + content for name, content in FILES.items())).hexdigest()[:12]

router = APIRouter()


@router.get("/static/{version}/{name:path}", include_in_schema=False)
async def static_file(version: str, name: str) -> Response:
    """A file of the pages. Only the files that are in the package exist, so no path leads elsewhere."""
    content = FILES.get(name)
    if content is None or version != VERSION:
        raise HTTPException(404)
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(
        content, media_type=kind, headers={"Cache-Control": "public, max-age=31536000, immutable"}
    )
