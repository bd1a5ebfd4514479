"""Counts the round trips of each connection in a packet capture, as they were on the wire.

A round trip is a time when the controller, having heard from the host, sends something after which the host sends
something again: one for TCP's own handshake, and one for each change from the controller's to the host's payload.
"""

import collections
import struct
import sys


def packets(path):
    """Yields (source, destination, source port, destination port, flags, payload length) of IPv4 TCP packets."""
    with open(path, "rb") as file:
        header = file.read(24)
        if struct.unpack("<I", header[:4])[0] not in (0xA1B2C3D4, 0xA1B23C4D):
            raise SystemExit(f"{path}: not a capture of this machine")
        link = struct.unpack("<I", header[20:24])[0]
        while record := file.read(16):
            length = struct.unpack("<IIII", record)[2]
            data = file.read(length)
            data = data[{1: 14, 12: 0, 101: 0, 113: 16, 276: 20}[link] :]
            if not data or data[0] >> 4 != 4 or data[9] != 6:
                continue
            ip_length = (data[0] & 15) * 4
            total = struct.unpack(">H", data[2:4])[0]
            tcp = data[ip_length:]
            yield (
                data[12:16],
                data[16:20],
                *struct.unpack(">HH", tcp[:4]),
                tcp[13],
                total - ip_length - (tcp[12] >> 4) * 4,
            )


def round_trips(path):
    """The number of round trips of each connection to port 22, keyed by (address, controller's port)."""
    counts = collections.Counter()
    speaking = {}
    for source, destination, source_port, destination_port, flags, payload in packets(path):
        if destination_port == 22:
            key = (destination, source_port)
            if flags & 2:
                counts[key] += 1
            if payload > 0:
                speaking[key] = "controller"
        elif source_port == 22:
            key = (source, destination_port)
            if payload > 0 and speaking.get(key) == "controller":
                counts[key] += 1
                speaking[key] = "host"
    return counts


if __name__ == "__main__":
    found = sorted(round_trips(sys.argv[1]).values())
    if not found:
        raise SystemExit("no connection was captured")
    print(f"connections {len(found)}, round trips {found[0]} to {found[-1]}, median {found[len(found) // 2]}")
