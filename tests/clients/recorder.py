"""A server on the loopback interface that writes down the calls that a client makes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Call(NamedTuple):
    """One call: its method, its path without the query, its content type and its body."""

    method: str
    path: str
    content_type: str
    body: bytes


@contextmanager
def recorded_calls(answer: bytes = b"{}") -> Iterator[tuple[str, list[Call]]]:
    """The address of a server that gives this answer to every call, and the calls that were made to it so far."""
    calls: list[Call] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            calls.append(Call(self.command, self.path.partition("?")[0], self.headers.get("Content-Type", ""), body))
            self.send_response(201)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 - the names that the class asks for

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}", calls
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
