"""HTTPS on port 4040 with a self-signed certificate: POST to /admin/api/jsonrpc, JSON-RPC 2.0."""

import json
import ssl
import threading
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from kerio.api import PARSE, Api, ApiError
from kerio.sessions import COOKIE, TOKEN_COOKIE, Session

PATHS = ("/admin/api/jsonrpc", "/admin/api/jsonrpc/")
LONGEST = 10_000_000
INVALID_REQUEST = -32600


class Web(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], api: Api, context: ssl.SSLContext | None = None):
        self.api = api
        super().__init__(address, Call)
        if context:
            # A client that says nothing must not keep others waiting: the handshake is its own thread's.
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def start(self) -> None:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def handle_error(self, request, client_address) -> None:
        """How a client treats its connection is not worth logging."""


class Call(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "Kerio Connect", ""
    timeout = 60

    def log_message(self, format, *words) -> None:
        """Logs nothing: a request line may contain a secret."""

    def do_GET(self) -> None:
        self.answer(404, b"")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(min(length, LONGEST))
        if self.path.partition("?")[0] not in PATHS:
            self.answer(404, b"")
            return
        if self.server.api.mail.state["answers"] == "off":
            self.close_connection = True
            return
        document, session = self.result(body)
        self.answer(200, json.dumps(document).encode(), session)

    def result(self, body: bytes) -> tuple[dict, Session | None]:
        number = None
        try:
            request = json.loads(body)
        except ValueError:
            return self.failed(number, ApiError(PARSE, "Request parse error.")), None
        try:
            if not isinstance(request, dict) or request.get("jsonrpc") != "2.0" or "id" not in request:
                raise ApiError(INVALID_REQUEST, "Invalid request.")
            number, params = request["id"], request.get("params") or {}
            method = request.get("method")
            if not isinstance(method, str) or not isinstance(params, dict):
                raise ApiError(INVALID_REQUEST, "Invalid request.")
            token = self.headers.get("X-Token") or ""
            found, session = self.server.api.call(method, params, self.cookie(), token)
            return {"jsonrpc": "2.0", "id": number, "result": found}, session
        except ApiError as error:
            return self.failed(number, error), None

    @staticmethod
    def failed(number, error: ApiError) -> dict:
        return {"jsonrpc": "2.0", "id": number, "error": error.document()}

    def cookie(self) -> str:
        try:
            found = SimpleCookie(self.headers.get("Cookie") or "").get(COOKIE)
        except CookieError:
            return ""
        return found.value if found else ""

    def answer(self, status: int, body: bytes, session: Session | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json-rpc; charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        if session:
            self.send_header("Set-Cookie", f"{COOKIE}={session.cookie}; path=/; secure; HttpOnly")
            self.send_header("Set-Cookie", f"{TOKEN_COOKIE}={session.token}; path=/; secure")
        self.end_headers()
        self.wfile.write(body)
