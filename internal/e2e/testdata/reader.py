#!/usr/bin/env python3
"""Reads messages with Python's email package and prints one JSON object a file:
the addresses of To and Cc and the file names of attachments that it sees."""
import email
import email.policy
import email.utils
import json
import sys
from email.header import decode_header, make_header


def text(value):
    try:
        return str(make_header(decode_header(str(value))))
    except Exception:
        return str(value)


def addresses(msg, name):
    values = [str(v).replace("\r", "").replace("\n", "") for v in msg.get_all(name, [])]
    return sorted({a.lower() for _, a in email.utils.getaddresses(values) if "@" in a})


def leaves(part):
    """Counts parts that hold something; the blocks of a delivery report are one."""
    if part.get_content_type() == "message/delivery-status" or not part.is_multipart():
        return 1
    return sum(leaves(p) for p in part.get_payload())


for path in sys.stdin.read().split("\n"):
    if not path:
        continue
    with open(path, "rb") as f:
        msg = email.message_from_bytes(f.read(), policy=email.policy.compat32)
    names = []
    for part in msg.walk():
        try:
            name = part.get_filename()
        except Exception:
            name = None
        if name:
            names.append(text(name))
    print(json.dumps({
        "path": path,
        "to": addresses(msg, "To"),
        "cc": addresses(msg, "Cc"),
        "names": sorted(set(names)),
        "leaves": leaves(msg),
    }))
