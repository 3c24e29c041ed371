"""A program that is told of events over HTTP: it checks signatures like any receiver, and fails as it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook

DEADLINE_S = 10.0


class Receiver:
    """Listens on a port of this machine. `answers` are the statuses that it gives next (200 when there are none left).

    A status of 0 hangs up without an answer; -1 keeps the sender waiting until `let_go` is set.
    """

    def __init__(self) -> None:
        self.secret = ""
        self.answers: list[int] = []
        self.got: list[tuple[str, dict[str, Any]]] = []
        self.let_go = threading.Event()
        self._news = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        """Nobody listens any more."""
        self.let_go.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait_for(self, enough: Callable[[], bool]) -> None:
        """Waits until it has got what is awaited."""
        with self._news:
            assert self._news.wait_for(enough, DEADLINE_S), f"only {self.got} came"

    @property
    def kinds(self) -> list[str]:
        return [message["type"] for _, message in self.got]

    def _took(self, headers: dict[str, str], raw: bytes) -> int:
        # Raises for a forged or an old message: then there is no answer, and the test fails for want of it.
        message = Webhook(self.secret).verify(raw, headers) if self.secret else json.loads(raw)
        with self._news:
            self.got.append((headers["webhook-id"], message))
            self._news.notify_all()
            return self.answers.pop(0) if self.answers else 200

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver._took({name.lower(): value for name, value in self.headers.items()}, raw)
                if status == -1:
                    receiver.let_go.wait(DEADLINE_S)
                if status <= 0:
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        return Handler
