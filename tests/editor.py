"""The language server that editors ask about YAML, as an editor runs it: over pipes, in the words of its protocol."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import IO, Any, Final, TypeAlias

from edge_programs import INSTALLED, NOWHERE, PATIENCE, found, tools

Json: TypeAlias = Any
Position: TypeAlias = tuple[int, int]
"""Line and column, from 0."""

_PROGRAM: Final = "yaml-language-server"


class Editor:
    """A window on a folder; every file that is opened is closed again."""

    def __init__(self, sends: IO[bytes], hears: IO[bytes], root: Path, schemas: Mapping[str, str]) -> None:
        self._sends, self._hears = sends, hears
        self._settings = {"yaml": {"schemas": dict(schemas), "schemaStore": {"enable": False}, "hover": True}}
        self._told: dict[str, list[Json]] = {}
        self._asked = self._version = 0
        self._configured = False
        folder = {"uri": root.as_uri(), "name": root.name}
        able = {
            "workspace": {"configuration": True, "workspaceFolders": True},
            "textDocument": {
                "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
                "hover": {"contentFormat": ["markdown"]},
            },
        }
        self.ask(
            "initialize",
            {"processId": os.getpid(), "rootUri": root.as_uri(), "workspaceFolders": [folder], "capabilities": able},
        )
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": self._settings})
        while not self._configured:
            self._hear()

    def ask(self, method: str, parameters: Json) -> Json:
        """Give what the server answers."""
        self._asked += 1
        self._send({"id": self._asked, "method": method, "params": parameters})
        while True:
            message = self._hear()
            if message.get("id") == self._asked and "method" not in message:
                assert "error" not in message, message["error"]
                return message["result"]

    @contextmanager
    def opened(self, files: Mapping[Path, str]) -> Iterator[list[str]]:
        """Open files, with these texts instead of those on the disk; gives their addresses.

        What the server says of files as they close is heard as well, so that nobody takes it for later words.
        """
        addresses = [file.as_uri() for file in files]
        for uri, text in zip(addresses, files.values(), strict=True):
            self._version += 1  # of an older one the server would tell what it remembers
            about = {"uri": uri, "languageId": "yaml", "version": self._version, "text": text}
            self._tell("textDocument/didOpen", {"textDocument": about})
        yield addresses
        self._told.clear()
        for uri in addresses:
            self._tell("textDocument/didClose", {"textDocument": {"uri": uri}})
        self._wait(addresses)
        self._told.clear()

    def problems(self, files: Mapping[Path, str]) -> dict[Path, list[tuple[int, str]]]:
        """Give what is marked in files: the line, from 1, and the words."""
        with self.opened(files) as addresses:
            self._wait(addresses)
            marks = [self._told[uri] for uri in addresses]
        return {
            file: [(mark["range"]["start"]["line"] + 1, mark["message"]) for mark in found]
            for file, found in zip(files, marks, strict=True)
        }

    def _wait(self, addresses: list[str]) -> None:
        while not self._told.keys() >= set(addresses):
            self._hear()

    def hover(self, file: Path, at: Position, text: str) -> str:
        """Give what is shown over a place."""
        with self.opened({file: text}) as (uri,):
            shown = self._at("hover", uri, at)
        return str(shown["contents"]["value"]) if shown else ""

    def offers(self, file: Path, at: Position, text: str) -> dict[str, Json]:
        """Give what may be written at a place, by its name."""
        with self.opened({file: text}) as (uri,):
            answer = self._at("completion", uri, at)
        return {item["label"]: item for item in answer["items"]}

    def _at(self, what: str, uri: str, at: Position) -> Json:
        place = {"line": at[0], "character": at[1]}
        return self.ask(f"textDocument/{what}", {"textDocument": {"uri": uri}, "position": place})

    def _tell(self, method: str, parameters: Json) -> None:
        self._send({"method": method, "params": parameters})

    def _send(self, message: Mapping[str, Json]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._sends.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._sends.flush()

    def _hear(self) -> dict[str, Json]:
        """Give the next message; what the server asks is answered, what it marks is kept."""
        size = 0
        while line := self._hears.readline().strip():
            name, _, value = line.partition(b":")
            size = int(value) if name.lower() == b"content-length" else size
        assert size, "the language server has ended, or took too long"
        message: dict[str, Json] = json.loads(self._hears.read(size))
        if "method" in message and "id" in message:
            wanted = message["params"].get("items", []) if message["method"] == "workspace/configuration" else None
            result = wanted and [self._settings.get(item["section"]) for item in wanted]
            self._send({"id": message["id"], "result": result})
            self._configured |= result is not None
        if message.get("method") == "textDocument/publishDiagnostics":
            self._told[message["params"]["uri"]] = message["params"]["diagnostics"]
        return message


@contextmanager
def editor(root: Path, schemas: Mapping[str, str]) -> Iterator[Editor]:
    """Run the server for a folder, with the pairs of schemas and files that an editor's settings have.

    It reaches nobody on the network. A server that is silent for long is ended, and the test with it.
    """
    path = tools()
    program = found(_PROGRAM, str(INSTALLED / ".bin"))
    node = found("node", path)
    settings = os.environ | {"HTTPS_PROXY": NOWHERE, "HTTP_PROXY": NOWHERE}
    command = [node, program, "--stdio"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=settings) as process:  # noqa: S603
        watch = Timer(PATIENCE, process.kill)
        watch.start()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            yield Editor(process.stdin, process.stdout, root, schemas)
        finally:
            watch.cancel()
            process.kill()
