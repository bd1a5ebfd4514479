"""The methods of the administration API that concern the route and its proof, as the IDL mirror has them."""

import time

from kerio.config import ROLES
from kerio.logs import NAMES
from kerio.rules import blanked, complaint, replaced
from kerio.service import MailService
from kerio.sessions import Session, Sessions
from kerio.shapes import LEFT_OUT, RULE, SMTP, wrong

EXPIRED, PARSE, NO_METHOD, BAD_PARAMETERS, FAILED = -32001, -32700, -32601, -32602, 1000
UNLIMITED = -1
MOST_LINES = 50000


class ApiError(Exception):
    def __init__(self, code: int, message: str, *parameters: str):
        super().__init__(message)
        self.code, self.message, self.parameters = code, message, list(parameters)

    def document(self) -> dict:
        positional = {"positionalParameters": self.parameters, "plurality": 1}
        return {"code": self.code, "message": self.message, "data": {"messageParameters": positional}}


def wanted(params: dict, shape: dict, left_out: tuple[str, ...] = ()) -> None:
    if place := wrong(params, shape, left_out=left_out):
        raise ApiError(BAD_PARAMETERS, "Invalid parameter %1.", place)


class Api:
    """A method gets its parameters and the session, and answers with its result."""

    def __init__(self, mail: MailService):
        self.mail, self.sessions = mail, Sessions(mail.state)
        self.methods = {
            "Session.logout": self.logout,
            "Session.whoAmI": self.who_am_i,
            "Server.getVersion": self.version,
            "Server.getProductInfo": self.product,
            "Services.get": self.services,
            "Domains.get": self.domains,
            "Smtp.get": lambda params, session: {"server": mail.config.smtp},
            "Smtp.set": self.set_smtp,
            "Queue.get": self.queue,
            "Queue.getProcessed": lambda params, session: {"list": [], "totalItems": 0},
            "Queue.run": self.run_queue,
            "Queue.tryToSend": self.try_to_send,
            "Queue.remove": self.remove,
            "Logs.get": self.log,
            "Logs.getLogSet": self.log_set,
        }
        self.of_nine = {
            "Smtp.getRelayDeliveryRuleList": lambda params, session: {"list": blanked(mail.config.rules)},
            "Smtp.setRelayDeliveryRuleList": self.set_rules,
        }
        self.changing = {"Smtp.set", "Smtp.setRelayDeliveryRuleList", "Queue.run", "Queue.tryToSend", "Queue.remove"}

    def call(self, method: str, params: dict, cookie: str, token: str) -> tuple[dict, Session | None]:
        """The result, and the session that it opened."""
        if method == "Session.login":
            session = self.login(params)
            return {"token": session.token}, session
        session = self.sessions.find(cookie, token)
        if not session:
            known = cookie in self.sessions.open or not cookie
            text = "User Anonymous does not have administrator rights." if known else "Session expired."
            raise ApiError(EXPIRED, text)
        known = self.methods | (self.of_nine if self.mail.state.version["major"] >= 9 else {})
        if method not in known:
            raise ApiError(NO_METHOD, "Method not found.")
        if method in self.changing and session.role != "FullAdmin":
            raise ApiError(FAILED, "Access denied.")
        return known[method](params, session) or {}, None

    # Session and server.

    def login(self, params: dict) -> Session:
        application = {"name": str, "vendor": str, "version": str}
        wanted(params, {"userName": str, "password": str, "application": application})
        name, _, domain = params["userName"].lower().partition("@")
        role = self.mail.users.role(name, params["password"])
        if role is None or domain not in ("", self.mail.state["fqdn"]):
            self.mail.logs.add("security", f"Failed Admin login from 127.0.0.1 as {params['userName']}")
            raise ApiError(FAILED, "Username or password is not correct.")
        if role not in ROLES[:2]:
            raise ApiError(EXPIRED, f"User {name} does not have administrator rights.")
        return self.sessions.begin(f"{name}@{self.mail.state['fqdn']}", role)

    def logout(self, params: dict, session: Session) -> None:
        self.sessions.end(session)

    def who_am_i(self, params: dict, session: Session) -> dict:
        role = {"userRole": session.role, "publicFolderRight": True, "archiveFolderRight": True}
        about = {"id": "", "domainId": "", "loginName": session.user, "fullName": ""}
        return {"userDetails": about | {"effectiveRole": role}}

    def version(self, params: dict, session: Session) -> dict:
        return {"product": "Kerio Connect", "version": self.mail.state["release"], **self.mail.state.version}

    def product(self, params: dict, session: Session) -> dict:
        release, _, build = self.mail.state["release"].rpartition(".")
        info = {
            "productName": "Kerio Connect",
            "version": release,
            "buildNumber": build,
            "osName": "Debian 12",
            "os": "Linux",
            "releaseType": "Final",
            "deployedType": "DeployedStandalone",
            "updateInfo": {"result": "updNoUpdate", "description": "", "downloadUrl": "", "infoUrl": ""},
        }
        return {"info": info}

    def services(self, params: dict, session: Session) -> dict:
        return {"services": [{"id": "keriodb://service/smtp", "name": "SMTP", "isRunning": True, "defaultPort": 25}]}

    def domains(self, params: dict, session: Session) -> dict:
        fqdn = self.mail.state["fqdn"]
        return {"list": [{"id": "keriodb://domain/1", "name": fqdn, "isPrimary": True}], "totalItems": 1}

    # SMTP.

    def set_smtp(self, params: dict, session: Session) -> None:
        wanted(params, {"server": SMTP})
        with self.mail.config.lock:
            self.mail.config.smtp = params["server"]
            self.mail.changed()
        self.mail.logs.add("config", f"{session.user} - SMTP server settings were changed")

    def set_rules(self, params: dict, session: Session) -> None:
        wanted(params, {"list": list})
        for number, rule in enumerate(params["list"]):
            if place := wrong(rule, RULE, left_out=LEFT_OUT):
                raise ApiError(BAD_PARAMETERS, "Invalid parameter %1.", f"list[{number}].{place}")
            if text := complaint(rule):
                raise ApiError(FAILED, text)
        with self.mail.config.lock:
            self.mail.config.rules = replaced(self.mail.config.rules, params["list"], self.mail.state)
            self.mail.changed()
        self.mail.logs.add("config", f"{session.user} - SMTP delivery rules were changed")

    # Queue.

    def queue(self, params: dict, session: Session) -> dict:
        wanted({"query": params.get("query")}, {"query": dict})
        messages = list(self.mail.queue.messages())
        start, limit = params["query"].get("start", 0), params["query"].get("limit", UNLIMITED)
        shown = messages[start:] if limit == UNLIMITED else messages[start : start + limit]
        volume = {"value": sum(message.size for message in messages), "units": "Bytes"}
        return {"list": [self._waiting(message) for message in shown], "totalItems": len(messages), "volume": volume}

    @staticmethod
    def _waiting(message) -> dict:
        def instant(seconds: float) -> str:
            return time.strftime("%d/%b/%Y %H:%M:%S", time.localtime(seconds))

        return {
            "id": message.key,
            "creationTime": instant(message.received),
            "nextTry": instant(message.due) if message.due else "ASAP",
            "messageSize": {"value": message.size, "units": "Bytes"},
            "from": message.sender,
            "to": ", ".join(message.recipients),
            "status": message.last,
            "authSender": "",
            "senderIp": message.client,
        }

    def run_queue(self, params: dict, session: Session) -> None:
        self.mail.queue.hurry()

    def try_to_send(self, params: dict, session: Session) -> None:
        wanted(params, {"messageIds": list})
        self.mail.queue.hurry(params["messageIds"])

    def remove(self, params: dict, session: Session) -> dict:
        wanted(params, {"messageIds": list})
        found = [message for message in self.mail.queue.messages() if message.key in params["messageIds"]]
        for message in found:
            self.mail.queue.remove(message)
        return {"deleteItems": len(found)}

    # Logs.

    def log(self, params: dict, session: Session) -> dict:
        wanted(params, {"logName": NAMES, "fromLine": int, "countLines": int})
        lines, count = self.mail.logs.lines(params["logName"]), params["countLines"]
        count = MOST_LINES if count == UNLIMITED else min(count, MOST_LINES)
        start = max(0, len(lines) - count) if params["fromLine"] == UNLIMITED else params["fromLine"]
        rows = [{"content": line, "highlight": ""} for line in lines[start : start + count]]
        return {"viewport": rows, "totalItems": len(lines)}

    def log_set(self, params: dict, session: Session) -> dict:
        return {"logSet": [{"logName": name, "hasMessages": name == "debug"} for name in NAMES]}
