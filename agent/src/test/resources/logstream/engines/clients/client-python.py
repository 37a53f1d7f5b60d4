"""Sends records with fluent-logger for Python and prints its version.

Arguments: ADDRESS (tcp://HOST:PORT or unix:///PATH) TAG OPTIONS RECORDS; the last two are lists with commas.
"""
import importlib.metadata
import json
import pathlib
import sys
from urllib.parse import urlsplit

from fluent import asyncsender, sender

RECORDS = json.loads(pathlib.Path(__file__).with_name("records.json").read_text(encoding="utf-8")) | {
    "binary": {"data": b"\x00\xff\x80\n"},
    "large": {"log": "0123456789abcdef" * 8192},
}
SECONDS = 1700000000


def main():
    address, tag, options, names = sys.argv[1:]
    nanos = "nanos" in options.split(",")
    server = urlsplit(address)
    client = (asyncsender if "async" in options.split(",") else sender).FluentSender(
        tag,
        host=address if server.scheme == "unix" else server.hostname,
        port=server.port,
        nanosecond_precision=nanos,
    )
    for name in names.split(","):
        if not client.emit_with_time(None, SECONDS + 0.5 if nanos else SECONDS, RECORDS[name]):
            sys.exit("%s was not sent: %s" % (name, client.last_error))
    client.close()
    if client.pendings:
        sys.exit("not all was sent: %s" % client.last_error)
    print(importlib.metadata.version("fluent-logger"))


main()
