"""What the themes of ordinary mail are written with."""

import json
from datetime import timedelta

from files import csv, docx, pdf, png, xlsx, zip_encrypted, zip_of  # noqa: F401
from mail import Attachment, Letter, b64, b_words, crlf, encode, q_words, qp, when
from people import Person, english, group, japanese  # noqa: F401
from programs import apple, becky, exchange, gmail, mutt, outlook, php, printer, thunderbird  # noqa: F401

ALL = {}
WIDTH = 110


class Theme:
    """A folder of messages. Called, it adds one that a mail program writes."""

    def __init__(self, name, title, organization, start="2024-04-08 08:47:11", **known):
        self.name, self.title, self.organization, self.known = name, title, organization, known
        self.clock, self.mail = when(start), {}
        ALL[name] = self

    def __call__(self, name, fine, program, sender, to, subject, text, env=None, edit=None, **more):
        """edit changes the bytes that the program wrote, as servers on the way do."""
        more.setdefault("at", self.tick())
        if "lang" not in more and all(ord(c) < 0x3000 for c in subject + text):
            more["lang"] = "en"
        to = [to] if isinstance(to, Person) else to
        raw = program(Letter(self.name + "/" + name, sender, to, subject=subject, text=text.strip("\n"), **more))
        self.add(name, fine, edit(raw) if edit else raw, env)

    def raw(self, name, fine, text, env=None, charset="utf-8", eol="\r\n"):
        """A message as it stands, but for its line ends."""
        text = text.lstrip("\n")
        self.add(name, fine, text.replace("\n", eol).encode(charset), env)

    def add(self, name, fine, raw, env):
        if name in self.mail:
            raise ValueError("two messages are named " + name)
        self.mail[name] = (" ".join(fine.split()), raw, env)

    def tick(self):
        """Office hours pass."""
        self.clock += timedelta(hours=1, minutes=23, seconds=41)
        if self.clock.hour >= 19:
            self.clock = self.clock.replace(hour=8) + timedelta(days=1)
        return self.clock

    def files(self):
        out = {name + ".eml": raw for name, (_, raw, _) in self.mail.items()}
        out["index.yaml"] = self.index().encode("utf-8")
        return out

    def index(self):
        lines = ["# Made by corpus/generate.py of _generate/ordinary, where the sentences stand beside the mail.",
                 "title: " + self.title, "organization: " + flow(self.organization)]
        lines += ["%s: %s" % (k, flow(v)) for k, v in self.known.items()] + ["messages:"]
        for name, (fine, _, env) in sorted(self.mail.items()):
            lines += ["  %s.eml:" % name, "    fine: >-"] + wrapped(fine, "      ")
            if env:
                lines.append("    envelope: {from: %s, to: %s}" % (json.dumps(env[0], ensure_ascii=False), flow(env[1])))
        return "\n".join(lines) + "\n"


def flow(list):
    return "[" + ", ".join(json.dumps(x, ensure_ascii=False) for x in list) + "]"


def wrapped(text, indent):
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + len(word) > WIDTH:
            lines.append(indent + line)
            line = ""
        line += (" " if line else "") + word
    return lines + [indent + line]


# ---- pieces of messages that are written by hand

def W(text, label="UTF-8", fold="\n "):
    """Encoded words in B."""
    return fold.join(b_words(text, label, 60))


def Q(text, label="UTF-8", fold="\n "):
    """Encoded words in Q."""
    return fold.join(q_words(text, label, 60))


def B64(data, label="utf-8"):
    """Base64 of a text, or of octets."""
    if isinstance(data, str):
        data = encode(crlf(data), label)
    return b64(data).decode().replace("\r\n", "\n").rstrip("\n")


def QP(text, label="utf-8"):
    return qp(encode(crlf(text.strip("\n")), label)).decode().replace("\r\n", "\n")


def JIS(text):
    """ISO-2022-JP, which is ASCII to look at."""
    return encode(text, "iso-2022-jp").decode("ascii")


def P(name, address):
    return Person(name, "", address)


def A(name, data, type=None, inline=None):
    """A file, its type by its name."""
    kinds = {"pdf": "application/pdf", "zip": "application/zip", "csv": "text/csv", "png": "image/png", "jpg": "image/jpeg", "ics": "text/calendar",
             "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "txt": "text/plain", "vcf": "text/vcard",
             "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
             "xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12"}
    return Attachment(name, data, type or kinds.get(name.rpartition(".")[2].lower(), "application/octet-stream"), inline)


def on_top(*fields):
    """An edit: fields that servers put before a message."""
    return lambda raw: "".join(f + "\r\n" for f in fields).encode("ascii") + raw


