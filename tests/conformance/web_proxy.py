"""Stands between a client and an engine, and is their network: for clients that speak gRPC-Web.

What is lost is a connection that ends without an answer, as browsers have it. Calls that answer
more than once are not carried: no case has one.
"""

from __future__ import annotations

import base64
import http.client
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, unquote

import grpc

from engine import Engine
from network import Lost, Metadata, Network, Refused

# Between two machines, or about a body that is written anew here.
_NOT_PASSED_ON = {"host", "connection", "keep-alive", "content-length", "transfer-encoding"}
_CONTENT_TYPE = "application/grpc-web+proto"
_TRAILERS = 0x80
_CODES = {code.value[0]: code for code in grpc.StatusCode}


class WebProxy:
    """One per device, on a free port of this machine, before the engine's door for browsers."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.network = Network(self._forward)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.network))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def address(self) -> str:
        """HOST:PORT."""
        return f"127.0.0.1:{self._server.server_port}"

    def wait_for_engine(self) -> None:
        """The engine says that it listens when its doors are open: nothing is left to wait for."""

    def close(self) -> None:
        """Ends it."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _forward(self, method: str, request: bytes, metadata: Metadata) -> bytes:
        connection = http.client.HTTPConnection(self._engine.pages_address, timeout=60)
        try:
            connection.request("POST", method, _frame(0, request), dict(metadata))
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Lost(str(error)) from None
        finally:
            connection.close()
        if answer.status != 200:
            raise Lost(f"HTTP {answer.status}")
        # A refusal can stand in the headers.
        trailers = {name.lower(): value for name, value in answer.getheaders()}
        message = b""
        for flag, content in _frames(body):
            if flag & _TRAILERS:
                lines = content.decode().splitlines()
                trailers.update(
                    (k.lower(), v.strip()) for k, _, v in (s.partition(":") for s in lines)
                )
            else:
                message = content
        if trailers.get("grpc-status") == "0":
            return message
        details = trailers.get("grpc-status-details-bin", "")
        raise Refused(
            _CODES[int(trailers["grpc-status"])],
            unquote(trailers.get("grpc-message", "")),
            base64.b64decode(details + "=" * (-len(details) % 4)),
        )


def _handler(network: Network) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.close_connection = True
            body = self.rfile.read(int(self.headers["content-length"]))
            metadata = [(k, v) for k, v in self.headers.items() if k.lower() not in _NOT_PASSED_ON]
            trailers = {"grpc-status": "0"}
            frames = b""
            try:
                ((_, request),) = _frames(body)
                frames = _frame(0, network.carry(self.path, request, metadata))
            except Lost:
                return
            except Refused as refused:
                trailers = _trailers(refused)
            text = "".join(f"{name}: {value}\r\n" for name, value in trailers.items())
            frames += _frame(_TRAILERS, text.encode())
            self.send_response(200)
            self.send_header("content-type", _CONTENT_TYPE)
            self.send_header("content-length", str(len(frames)))
            self.send_header("connection", "close")
            self.end_headers()
            self.wfile.write(frames)

        def log_message(self, *what: Any) -> None:
            pass

    return Handler


def _trailers(refused: Refused) -> dict[str, str]:
    trailers = {
        "grpc-status": str(refused.code.value[0]),
        "grpc-message": quote(refused.message),
    }
    if refused.details:
        trailers["grpc-status-details-bin"] = base64.b64encode(refused.details).decode().rstrip("=")
    return trailers


def _frame(flag: int, content: bytes) -> bytes:
    return struct.pack(">BI", flag, len(content)) + content


def _frames(body: bytes) -> list[tuple[int, bytes]]:
    frames = []
    while body:
        flag, length = struct.unpack_from(">BI", body)
        frames.append((flag, body[5 : 5 + length]))
        body = body[5 + length :]
    return frames
