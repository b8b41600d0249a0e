"""Messages as usual mail programs write them.

Each program below is a function from a Letter to bytes. The order of fields,
the folding, the shape of identifiers and boundaries and the charsets are the
program's; the rest is the letter's. Nothing is taken from the clock or a
random source: identifiers come from a hash of the letter's key."""

import base64
import hashlib
import re
from datetime import datetime, timedelta, timezone

CRLF = b"\r\n"
JST = timezone(timedelta(hours=9))


def when(text, zone=JST):
    """'2023-03-16 13:50:07' in Japan's time, or another zone's."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone)


def date(t, padded=True):
    """RFC 5322 date; some programs pad the day with a zero, some do not."""
    day = "%02d" % t.day if padded else str(t.day)
    return t.strftime("%a, ") + day + t.strftime(" %b %Y %H:%M:%S %z")


class Attachment:
    def __init__(self, name, data, type="application/octet-stream", inline=None):
        self.name, self.data, self.type, self.inline = name, data, type, inline


class Letter:
    """What a person wrote. key makes identifiers; host is who their server is."""

    def __init__(self, key, sender, to=(), cc=(), bcc=(), subject="", at=None, text="", html=None, files=(),
                 charset="utf-8", lang="ja", reply_to_id=None, references=(), extra=(), names=True):
        self.key, self.sender, self.to, self.cc, self.bcc = key, sender, list(to), list(cc), list(bcc)
        self.subject, self.at, self.text, self.html, self.files = subject, at, text, html, list(files)
        self.charset, self.lang, self.reply_to_id, self.references = charset, lang, reply_to_id, list(references)
        self.extra, self.names = list(extra), names

    def but(self, **changes):
        """The same letter with something else in it, and the same identifiers."""
        other = Letter.__new__(Letter)
        other.__dict__.update(self.__dict__)
        other.__dict__.update(changes)
        return other

    def hex(self, salt, n):
        return hashlib.sha256((self.key + "/" + salt).encode()).hexdigest()[:n]

    def token(self, salt, n):
        raw = base64.b64encode(hashlib.sha512((self.key + "/" + salt).encode()).digest()).decode()
        return re.sub("[^A-Za-z0-9]", "", raw)[:n]

    @property
    def host(self):
        return self.sender.address.rpartition("@")[2]


# ---- words and fields

def ascii_only(s):
    return all(32 <= ord(c) < 127 for c in s)


def python_charset(label):
    return {"iso-2022-jp": "iso2022_jp_ext", "shift_jis": "cp932"}.get(label.lower(), label)


def encode(s, label):
    try:
        return s.encode(python_charset(label))
    except UnicodeEncodeError:
        if label.lower() != "iso-2022-jp":
            raise
        return jis_of_windows(s)


def jis_of_windows(s):
    """ISO-2022-JP as Windows programs write it: with ① (NEC's row 13) and half-width kana, which the charset does not have."""
    out, mode = b"", b"\x1b(B"
    for c in s:
        raw = c.encode("cp932")
        if len(raw) == 2:
            hi, lo = raw
            row = (hi - (0x71 if hi < 0xA0 else 0xB1)) * 2 + 1 + (lo >= 0x9F)
            cell = lo - (0x7E if lo >= 0x9F else 0x20 if lo > 0x7E else 0x1F)
            want, code = b"\x1b$B", bytes([row, cell])
        elif raw[0] > 0x7F:
            want, code = b"\x1b(I", bytes([raw[0] - 0x80])
        else:
            want, code = b"\x1b(B", raw
        out, mode = out + (want if want != mode else b"") + code, want
    return out + (b"\x1b(B" if mode != b"\x1b(B" else b"")


def b_words(s, label, room=75):
    """Encoded words of at most 75 octets each, split between characters."""
    if label.lower() == "us-ascii":
        label = "utf-8"  # the text is ASCII, and a name is not
    out, chunk = [], ""
    limit = room - len("=?%s?B??=" % label)
    for c in s:
        if len(base64.b64encode(encode(chunk + c, label))) > limit:
            out.append(chunk)
            chunk = ""
            limit = 75 - len("=?%s?B??=" % label)
        chunk += c
    out.append(chunk)
    return ["=?%s?B?%s?=" % (label, base64.b64encode(encode(x, label)).decode()) for x in out]


def q_words(s, label, room=75):
    """The same in Q, as Thunderbird writes short European names."""
    out, chunk = [], ""
    for c in s:
        add = "_" if c == " " else c if c.isascii() and c.isalnum() else "".join("=%02X" % b for b in encode(c, label))
        if len(chunk) + len(add) + len("=?%s?Q??=" % label) > room:
            out.append(chunk)
            chunk = ""
        chunk += add
    out.append(chunk)
    return ["=?%s?Q?%s?=" % (label, x) for x in out]


def phrase(p, label, quote=True):
    """A display name as it stands in a field, its words not folded."""
    name = p.name
    if ascii_only(name):
        if quote or re.search(r"[^A-Za-z0-9 ]", name):
            return ['"%s"' % name.replace("\\", "\\\\").replace('"', '\\"')]
        return [name]
    return b_words(name, label, 60)


def mailbox(p, label, names=True, quote=True):
    if not names or not p.name:
        return p.address
    return " ".join(phrase(p, label, quote)) + " <%s>" % p.address


def field(name, value):
    return ("%s: %s" % (name, value)).encode("ascii") + CRLF


def text_field(name, s, label, fold="\r\n "):
    if ascii_only(s):
        return folded(name, s, fold)
    return field(name, fold.join(b_words(s, label, 74 - len(name))))


def folded(name, value, fold="\r\n ", width=76):
    """Folds at blanks."""
    lines, line = [], name + ":"
    for w in value.split(" "):
        if len(line) + 1 + len(w) > width and len(line) > len(name) + 1:
            lines.append(line)
            line = fold[2:] + w
        else:
            line += " " + w
    return "\r\n".join(lines + [line]).encode("ascii") + CRLF


def people(name, list, label, sep, names=True, quote=True):
    """An address field; none at all where nobody stands in it."""
    if not list:
        return b""
    return field(name, sep.join(mailbox(p, label, names, quote) for p in list))


def packed(name, list, label, names=True, quote=False, width=78):
    """An address field filled line by line, as Thunderbird and mutt do."""
    if not list:
        return b""
    lines, line = [], name + ":"
    for i, p in enumerate(list):
        item = " " + mailbox(p, label, names, quote) + ("," if i < len(list) - 1 else "")
        if len(line) + len(item) > width and line != name + ":":
            lines.append(line)
            line = ""
        line += item
    return "\r\n".join(lines + [line]).encode("ascii") + CRLF


# ---- bodies

def crlf(s):
    return s.replace("\r\n", "\n").replace("\n", "\r\n")


def b64(data, width=76):
    raw = base64.b64encode(data)
    return CRLF.join(raw[i:i + width] for i in range(0, len(raw), width)) + CRLF


def qp(data):
    """Quoted-printable of text with CRLF line ends, soft breaks at 76."""
    out = []
    for line in data.split(CRLF):
        cur = b""
        for i, c in enumerate(line):
            last = i == len(line) - 1
            if 33 <= c <= 126 and c != 61 or c in (32, 9) and not last:
                piece = bytes([c])
            else:
                piece = b"=%02X" % c
            if len(cur) + len(piece) > 75:
                out.append(cur + b"=")
                cur = b""
            cur += piece
        out.append(cur)
    return CRLF.join(out)


def transfer(text, label, encoding):
    data = encode(crlf(text), label)
    if encoding == "base64":
        return b64(data)
    if encoding == "quoted-printable":
        return qp(data)
    return data


def part(fields, body):
    """A MIME part: fields as (name, value), then the body as it is."""
    return b"".join(field(n, v) for n, v in fields) + CRLF + body


def multipart(parts, boundary, preamble=b""):
    b = boundary.encode("ascii")
    out = preamble
    for p in parts:
        out += b"--" + b + CRLF + p + (b"" if p.endswith(CRLF) else CRLF)
    return out + b"--" + b + b"--" + CRLF


def html_of(text, style="font-family:\u6e38\u30b4\u30b7\u30c3\u30af"):
    """The HTML twin of a text, as Outlook's editor makes it."""
    body = "".join("<p class=MsoNormal>%s</p>\n" % (l.replace("&", "&amp;").replace("<", "&lt;") or "&nbsp;") for l in text.split("\n"))
    return ('<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html; charset=%%s">\n<style>\np.MsoNormal {margin:0; %s}\n'
            '</style>\n</head>\n<body lang=JA>\n%s</body>\n</html>\n') % (style, body)


def html_text(letter, label):
    western = label.lower() in ("us-ascii", "iso-8859-1", "windows-1252")
    h = letter.html if letter.html is not None else html_of(letter.text, "font-family:Calibri") if western else html_of(letter.text)
    return h.replace("%s", label)


def rfc2231(name, value, label="UTF-8"):
    return "%s*=%s''%s" % (name, label, "".join(chr(b) if chr(b).isalnum() and b < 128 or b in b".-_" else "%%%02X" % b for b in encode(value, label)))


def rfc2231_long(name, value, label, fold):
    """Continued and encoded, as Thunderbird and Apple Mail write long names."""
    raw = "".join(chr(b) if b < 128 and (chr(b).isalnum() or b in b".-_") else "%%%02X" % b for b in encode(value, label))
    pieces, i = [], 0
    while i < len(raw):
        end = min(len(raw), i + 50)
        while end < len(raw) and "%" in raw[end - 2:end]:
            end -= 1
        pieces.append(raw[i:end])
        i = end
    if len(pieces) == 1:
        return "%s*=%s''%s" % (name, label, pieces[0])
    return (";" + fold).join("%s*%d*=%s%s" % (name, n, label + "''" if n == 0 else "", x) for n, x in enumerate(pieces))
