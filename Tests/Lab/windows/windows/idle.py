"""A service of Windows that only has to be there."""

import signal

signal.signal(signal.SIGTERM, lambda *_: exit())
signal.pause()
