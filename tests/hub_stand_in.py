"""A small stand-in for the Hugging Face hub on loopback: the few routes that fetching a model needs, over folders on disk."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub:
    """Repositories by name; `asked` lists every request, `broken` breaks off the download of the file of that name."""

    def __init__(self, repositories: dict[str, Path]) -> None:
        self.repositories = repositories
        self.asked: list[str] = []
        self.broken = ""
        self.address = ""

    def files(self, name: str) -> dict[str, bytes] | None:
        """Contents by path; None where there is no such repository."""
        folder = self.repositories.get(name)
        if folder is None:
            return None
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """The hub at `hub.address`, gone after the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    hub.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """GET /api/models/NAME/revision/R, GET /api/models/NAME/tree/R, HEAD and GET /NAME/resolve/R/FILE."""

        def do_GET(self) -> None:
            self._answer(True)

        def do_HEAD(self) -> None:
            self._answer(False)

        def log_message(self, format: str, *arguments: object) -> None:
            hub.asked.append(f"{self.command} {self.path}")

        def _answer(self, body: bool) -> None:
            path = self.path.split("?")[0].strip("/")
            if path.startswith("api/models/"):
                name, _, rest = path.removeprefix("api/models/").partition(
                    "/revision/" if "/revision/" in path else "/tree/"
                )
                self._listing(name, rest, "/tree/" in path)
                return
            name, _, rest = path.partition("/resolve/")
            revision, _, file = rest.partition("/")
            files = hub.files(name)
            if files is None or file not in files or revision not in ("main", "v1", COMMIT):
                self._send(404, b"{}", {"X-Error-Code": "EntryNotFound"})
                return
            facts = {"ETag": f'"{_sum(files[file])}"', "X-Repo-Commit": COMMIT}
            if body and hub.broken and hub.broken == file:
                self.send_response(200)
                self.send_header("Content-Length", str(len(files[file])))
                self.end_headers()
                self.wfile.write(files[file][: len(files[file]) // 2])
                self.close_connection = True
                return
            self._send(200, files[file], facts, body)

        def _listing(self, name: str, revision: str, tree: bool) -> None:
            files = hub.files(name)
            if files is None:
                self._send(404, b'{"error": "Repository not found"}', {"X-Error-Code": "RepoNotFound"})
            elif revision not in ("main", "v1", COMMIT):
                self._send(404, b'{"error": "Invalid rev id"}', {"X-Error-Code": "RevisionNotFound"})
            elif tree:
                rows = [
                    {"type": "file", "path": file, "size": len(data), "oid": _sum(data)} for file, data in files.items()
                ]
                self._send(200, json.dumps(rows).encode(), {})
            else:
                self._send(200, json.dumps({"id": name, "sha": COMMIT, "siblings": []}).encode(), {})

        def _send(self, status: int, data: bytes, facts: dict[str, str], body: bool = True) -> None:
            self.send_response(status)
            for key, fact in (facts | {"Content-Length": str(len(data))}).items():
                self.send_header(key, fact)
            self.end_headers()
            if body:
                self.wfile.write(data)

    return Handler


def _sum(data: bytes) -> str:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()
