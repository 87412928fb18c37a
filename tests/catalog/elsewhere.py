"""A web server of somebody else: names resolve as a test says, and public addresses lead to a stub on this machine."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

PUBLIC = "93.184.216.34"

Answer = Callable[[BaseHTTPRequestHandler], None]


class Elsewhere:
    """`names`: host → address. `at(path, …)` says what the stub answers; `asked` lists what it was asked for."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.names = {"pictures.example": PUBLIC}
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []

    def at(self, path: str, body: bytes = b"", status: int = 200, **headers: str) -> str:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)

        self.answers[path] = answer
        return f"http://pictures.example{path}"

    def drips(self, path: str, first: bytes) -> str:
        """Sends `first` at once and then a byte now and then, for ever."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.wfile.write(first)
            for _ in range(200):
                handler.wfile.write(b"x")
                handler.wfile.flush()
                time.sleep(0.02)

        self.answers[path] = answer
        return f"http://pictures.example{path}"


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[Elsewhere]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            stub.asked.append(self.path)
            try:
                stub.answers[self.path](self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stub = Elsewhere(server.server_address[1])
    resolve, connect = socket.getaddrinfo, socket.create_connection

    def getaddrinfo(host, port, *args, **kwargs):
        if host not in stub.names:
            raise socket.gaierror(socket.EAI_NONAME, "not known")
        return resolve(stub.names[host], port, *args, **kwargs)

    def create_connection(address, *args, **kwargs):
        to = ("127.0.0.1", stub.port) if address[0] == PUBLIC else address
        with monkeypatch.context() as plain:
            plain.setattr(socket, "getaddrinfo", resolve)
            return connect(to, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(socket, "create_connection", create_connection)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield stub
    server.shutdown()
    server.server_close()
