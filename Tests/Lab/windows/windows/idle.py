"""A Windows service that only has to exist."""

import signal

signal.signal(signal.SIGTERM, lambda *_: exit())
signal.pause()
