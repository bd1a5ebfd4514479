"""Counts the round trips of each SSH connection from the packets on the wire."""

import collections
import socket
import struct
import threading
import time

ALL_PROTOCOLS = 3
FORCED_BUFFER = 33


class Capture:
    """Records TCP packets from and to port 22 on an interface for the duration of a `with`. Needs root."""

    def __init__(self, interface):
        self.packets = []
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ALL_PROTOCOLS))
        self.socket.setsockopt(socket.SOL_SOCKET, FORCED_BUFFER, 64 << 20)
        self.socket.bind((interface, ALL_PROTOCOLS))
        self.socket.settimeout(0.2)
        self.over = False
        self.reader = threading.Thread(target=self.read)

    def __enter__(self):
        self.reader.start()
        return self

    def __exit__(self, *_):
        self.over = True
        self.reader.join()
        self.socket.close()

    def read(self):
        while True:
            try:
                data = self.socket.recv(128)
            except TimeoutError:
                if self.over:
                    return
                continue
            self.note(time.monotonic(), data)

    def note(self, moment, data):
        """Records (time, host's address, controller's port, whether the controller sent it, SYN, length) of a packet."""
        if data[0] >> 4 != 4 or data[9] != 6:
            return
        header = (data[0] & 15) * 4
        tcp = data[header:]
        source, destination = struct.unpack(">HH", tcp[:4])
        length = struct.unpack(">H", data[2:4])[0] - header - (tcp[12] >> 4) * 4
        if destination == 22:
            self.packets.append((moment, socket.inet_ntoa(data[16:20]), source, True, tcp[13] & 2, length))
        elif source == 22:
            self.packets.append((moment, socket.inet_ntoa(data[12:16]), destination, False, tcp[13] & 2, length))

    def round_trips(self, latency):
        """The number of round trips of each connection, by (address, controller's port).

        A round trip begins when the controller sends something and the previous one is over. It is over when the host
        sends something that can be an answer: at least `latency` seconds later.
        """
        counts = collections.Counter()
        asked = {}
        for moment, address, port, is_ours, is_first, length in self.packets:
            key = (address, port)
            if length == 0 and not is_first:
                continue
            if is_ours:
                asked.setdefault(key, moment)
            elif key in asked and moment - asked[key] >= latency * 0.9:
                counts[key] += 1
                del asked[key]
        return counts
