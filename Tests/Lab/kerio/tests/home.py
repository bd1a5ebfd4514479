"""A server's folder, and its administration over HTTP without TLS, for the tests."""

import http.client
import json
import tempfile
import unittest
from pathlib import Path

from kerio.api import Api
from kerio.config import Users
from kerio.models import install
from kerio.service import MailService
from kerio.sessions import COOKIE
from kerio.state import State
from kerio.web import Web

FQDN = "kerio.lab.test"


class Home(unittest.TestCase):
    model = "login"

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = Path(folder.name)
        self.state = State(self.home / "state.json")
        self.state.set(fqdn=FQDN)
        Users(self.home).write(
            {"admin": ("FullAdmin", "secret"), "viewer": ("Auditor", "look"), "alice": ("UserRole", "mail")}
        )
        install(self.home, self.model, FQDN)
        self.now = 1800000000.0
        self.mail = MailService(self.home, self.state, lambda: self.now)

    def stored(self):
        """Passwords as they are in memory."""
        return [one["authentication"]["password"] for one in self.mail.config.rules]


class ApiHome(Home):
    def setUp(self):
        super().setUp()
        web = Web(("127.0.0.1", 0), Api(self.mail))
        web.start()
        self.addCleanup(web.server_close)
        self.addCleanup(web.shutdown)
        self.port, self.token, self.cookie = web.server_address[1], "", ""

    def post(self, body: bytes, path="/admin/api/jsonrpc", verb="POST", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        self.addCleanup(connection.close)
        connection.request(verb, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        self.cookies = response.headers.get_all("Set-Cookie") or []
        return response.status, response.read()

    def call(self, method: str, params: dict | None = None, **without):
        request = {"jsonrpc": "2.0", "id": 7, "method": method} | ({"params": params} if params is not None else {})
        headers = {"X_Token": self.token, "Cookie": f"{COOKIE}={self.cookie}"}
        sent = {name: value for name, value in headers.items() if name not in without}
        status, body = self.post(json.dumps(request).encode(), **sent)
        self.assertEqual(status, 200)
        answer = json.loads(body)
        self.assertEqual((answer["jsonrpc"], answer["id"]), ("2.0", 7))
        return answer

    def result(self, method: str, params: dict | None = None):
        answer = self.call(method, params)
        self.assertNotIn("error", answer)
        return answer["result"]

    def code(self, method: str, params: dict | None = None, **without) -> int:
        return self.call(method, params, **without)["error"]["code"]

    def log_in(self, user="admin", password="secret"):
        application = {"name": "test", "vendor": "test", "version": "1"}
        answer = self.call("Session.login", {"userName": user, "password": password, "application": application})
        if "result" in answer:
            self.token = answer["result"]["token"]
            self.cookie = self.cookies[0].partition("=")[2].partition(";")[0]
        return answer
