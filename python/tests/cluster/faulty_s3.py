"""An S3 server on loopback, moto's, in a process of its own, which fails where it is told to.

`python faulty_s3.py` prints its port. `POST /_faults` takes a JSON list of faults, `GET /_faults` returns them with the
`times` that are left of each, `GET /_requests` returns what was asked for, as lines `METHOD /bucket/key?query RANGE`.
"""

from __future__ import annotations

import json
import threading
import time
from typing import Any, Dict, Iterable, List

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):  # type: ignore[misc]
    """A handler that logs nothing."""

    def log(self, *arguments: Any) -> None:
        pass


class Faulty:
    """Moto, with faults before it.

    A fault is an object: `method`, `key` (an end of the path), perhaps `query` (a part of it), `times`, and `what`: `500`
    (so answered, nothing done), `half` (the body ends in its middle), `stall` (answered after `seconds`).
    """

    def __init__(self) -> None:
        self.moto = DomainDispatcherApplication(create_backend_app)
        self.faults: List[Dict[str, Any]] = []
        self.requests: List[str] = []
        self.lock = threading.Lock()

    def __call__(self, environ: Dict[str, Any], start_response: Any) -> Iterable[bytes]:
        method, path, query = environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["QUERY_STRING"]
        if path == "/_faults" and method == "GET":
            return self._answer(start_response, json.dumps(self.faults).encode())
        if path == "/_faults":
            self.faults = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
            return self._answer(start_response, b"")
        if path == "/_requests":
            return self._answer(start_response, "\n".join(self.requests).encode())
        with self.lock:
            self.requests.append(f"{method} {path}?{query} {environ.get('HTTP_RANGE', '')}")
            fault = next((fault for fault in self.faults if self._fits(fault, method, path, query)), {})
            if fault:
                fault["times"] -= 1
        what = fault.get("what")
        if what == "stall":
            time.sleep(fault["seconds"])
        if what == "500":
            # The body is read first: a client that cannot send it would see a broken connection.
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            start_response("500 Internal Server Error", [("Content-Type", "application/xml"), ("Connection", "close")])
            return [b"<Error><Code>InternalError</Code><Message>on purpose</Message></Error>"]
        body: Iterable[bytes] = self.moto(environ, start_response)
        if what == "half":
            whole = b"".join(body)
            return [whole[: len(whole) // 2]]
        return body

    @staticmethod
    def _fits(fault: Dict[str, Any], method: str, path: str, query: str) -> bool:
        return (
            fault["times"] > 0
            and fault["method"] == method
            and path.endswith(fault["key"])
            and fault.get("query", "") in query
        )

    @staticmethod
    def _answer(start_response: Any, body: bytes) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]


if __name__ == "__main__":
    server = make_server("127.0.0.1", 0, Faulty(), threaded=True, request_handler=Quiet)
    print(server.server_port, flush=True)
    server.serve_forever()
