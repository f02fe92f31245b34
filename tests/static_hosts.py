"""Models of hosts of static files whose own program runs nowhere but there: by the rules that they document.

What their documentation does not say is as the least able such host has it. A model shows that a site fits the rules;
whether the host keeps them shows `builder verify` on a live address.
"""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from loopback import Answer, Request

ERROR = "text/html; charset=utf-8"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "application/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml",
}
COMPRESSED_FROM = 860


@dataclass(frozen=True)
class Folder:
    """A folder of files under a path of the host, and the names that it indexes, the best first."""

    site: Path
    prefix: str = ""
    indexes: tuple[str, ...] = ("index.html",)

    def file(self, path: str) -> Path | None:
        """Give the file that a path of the host means; None where there is none."""
        inside = unquote(path).removeprefix(self.prefix)
        if not path.startswith(self.prefix + "/") or ".." in inside.split("/"):
            return None
        names = [inside + index for index in self.indexes] if inside.endswith("/") else [inside]
        return next((file for name in names if (file := self.site / name[1:]).is_file()), None)

    def body(self, name: str) -> bytes:
        return (self.site / name).read_bytes()


def typed(file: Path) -> Mapping[str, str]:
    return {"Content-Type": TYPES.get(file.suffix, "application/octet-stream")}


class GitHubPages:
    """GitHub Pages: files, their types by their endings, one page for what is not there, no other method than GET."""

    def __init__(self, site: Path, prefix: str, address: str) -> None:
        self.folder = Folder(site, prefix, ("index.html", "index.json", "index.xml"))
        self.address = address

    def __call__(self, request: Request) -> Answer:
        if request.method not in {"GET", "HEAD"}:
            return Answer(405, {"Content-Type": ERROR}, b"<html><title>405 Not Allowed</title></html>")
        answer = self.found(request).having(access_control_allow_origin="*", cache_control="max-age=600")
        return compressed(revalidated(answer, request), request)

    def found(self, request: Request) -> Answer:
        if file := self.folder.file(request.path):
            return Answer(200, typed(file), file.read_bytes())
        if self.folder.file(request.path + "/"):
            return Answer(301, {"Location": f"{self.address}{request.path}/", "Content-Type": ERROR})
        return Answer(404, {"Content-Type": ERROR}, self.folder.body("404.html"))


class OneIndex(GitHubPages):
    """The same, if it should index `index.html` alone: nowhere is it written that it indexes `index.json`."""

    def __init__(self, site: Path, prefix: str, address: str) -> None:
        super().__init__(site, prefix, address)
        self.folder = Folder(site, prefix)


class Generic:
    """The least that a host of static files can be: one name is indexed, and no header is sent that need not be."""

    def __init__(self, site: Path, prefix: str, address: str) -> None:
        self.folder = Folder(site, prefix)
        self.address = address

    def __call__(self, request: Request) -> Answer:
        if request.method not in {"GET", "HEAD"}:
            return Answer(501, {"Content-Type": ERROR}, b"<!doctype html><title>Unsupported</title>")
        if file := self.folder.file(request.path):
            return Answer(200, typed(file), file.read_bytes())
        if self.folder.file(request.path + "/"):
            return Answer(301, {"Location": f"{self.address}{request.path}/"})
        return Answer(404, {"Content-Type": ERROR}, b"<!doctype html><title>Not found</title>")


class Nearest(Generic):
    """The same, which answers what is not there with the nearest 404.html above it."""

    def __call__(self, request: Request) -> Answer:
        answer = super().__call__(request)
        if answer.status != 404:
            return answer
        steps = request.path.removeprefix(self.folder.prefix).split("/")[1:-1]
        above = ["/".join(steps[:count]) for count in range(len(steps), -1, -1)]
        pages = [page for folder in above if (page := self.folder.site / folder / "404.html").is_file()]
        return Answer(404, {"Content-Type": ERROR}, pages[0].read_bytes())


def revalidated(answer: Answer, request: Request) -> Answer:
    if answer.status != 200:
        return answer
    answer = answer.having(etag=f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"')
    if request.headers.get("if-none-match", "").removeprefix("W/") == answer.header("etag"):
        return Answer(304, answer.having(content_type=None).headers)
    return answer


def compressed(answer: Answer, request: Request) -> Answer:
    """Compress as a proxy does, which makes the tag a weak one."""
    if len(answer.body) < COMPRESSED_FROM:
        return answer
    answer = answer.having(vary="Accept-Encoding")
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return answer
    tag = answer.header("etag")
    weak = answer.having(content_encoding="gzip", etag=None if tag is None else f"W/{tag}")
    return Answer(answer.status, weak.headers, gzip.compress(answer.body, mtime=0))
