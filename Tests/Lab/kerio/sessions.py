"""Administration sessions: each call needs both a token and a cookie (§6.2)."""

import secrets
import threading
import time
from dataclasses import dataclass, field

from kerio.state import State

COOKIE = "SESSION_CONNECT_WEBADMIN"
TOKEN_COOKIE = "TOKEN_CONNECT_WEBADMIN"
IDLE = 3600.0


@dataclass
class Session:
    user: str
    role: str
    opened: float
    token: str = field(default_factory=lambda: secrets.token_hex(32))
    cookie: str = field(default_factory=lambda: secrets.token_hex(32))
    used: float = 0.0
    calls: int = 0


class Sessions:
    def __init__(self, state: State, now=time.time):
        self.state, self._now, self.lock = state, now, threading.Lock()
        self.open: dict[str, Session] = {}

    def begin(self, user: str, role: str) -> Session:
        session = Session(user, role, self._now(), used=self._now())
        with self.lock:
            self.open[session.cookie] = session
        return session

    def find(self, cookie: str, token: str) -> Session | None:
        """Counts the call and returns its session. None if there is no session, it has ended, or the token belongs to another one."""
        with self.lock:
            session = self.open.get(cookie)
            if not session:
                return None
            most = self.state["expire-after"]
            over = session.opened < self.state["expired"] or self._now() - session.used > IDLE
            if over or most is not None and session.calls >= most:
                del self.open[cookie]
                return None
            if not secrets.compare_digest(session.token.encode(), token.encode()):
                return None
            session.calls, session.used = session.calls + 1, self._now()
            return session

    def end(self, session: Session) -> None:
        with self.lock:
            self.open.pop(session.cookie, None)
