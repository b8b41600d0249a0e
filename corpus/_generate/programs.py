"""The mail programs. Each gives the bytes of the copy that it sends or keeps."""

from mail import (CRLF, ascii_only, b64, b_words, date, field, folded, html_text,
    multipart, packed, part, people, rfc2231, rfc2231_long, text_field, transfer)
from datetime import timezone


def plain_encoding(label):
    """7bit carries ISO-2022-JP; other charsets need more."""
    return "7bit" if label.lower() in ("iso-2022-jp", "us-ascii") else "base64"


# ---- Outlook on Exchange Online

def exchange_id(l):
    h = l.token("server", 4).upper()
    return "%sPR01MB%04d.jpnprd01.prod.outlook.example" % (h, int(l.hex("mb", 4), 16) % 10000)


def exchange(l):
    """Outlook with an Exchange Online mailbox; CC is written in capitals."""
    server = exchange_id(l)
    ident = "%sPR01MB%s@%s" % (l.token("a", 4).upper(), l.hex("id", 24).upper(), server)
    inner = "_000_%s%s_" % (ident.split("@")[0][:24], server.split(".")[0])
    label = l.charset
    out = people("From", [l.sender], label, ",\r\n\t", quote=False)
    out += people("To", l.to, label, ",\r\n\t", l.names)
    out += people("CC", l.cc, label, ",\r\n\t", l.names)
    out += people("BCC", l.bcc, label, ",\r\n\t", l.names)
    out += text_field("Subject", l.subject, label)
    out += text_field("Thread-Topic", strip_re(l.subject), label)
    out += field("Thread-Index", "AdlX" + l.token("thread", 22) + "AAA==")
    out += field("Date", date(l.at.astimezone(timezone.utc)))
    out += field("Message-ID", "<%s>" % ident)
    out += threading(l, "\r\n ")
    out += field("Accept-Language", "ja-JP, en-US" if l.lang == "ja" else "en-GB, en-US")
    out += field("Content-Language", "ja-JP" if l.lang == "ja" else "en-GB")
    out += field("X-MS-Has-Attach", "yes" if l.files else "")
    out += field("X-MS-TNEF-Correlator", "")
    out += extras(l)
    text = part([("Content-Type", 'text/plain; charset="%s"' % label), ("Content-Transfer-Encoding", plain_encoding(label))],
                transfer(l.text + "\n", label, plain_encoding(label)))
    html = part([("Content-Type", 'text/html; charset="%s"' % label), ("Content-Transfer-Encoding", "quoted-printable")],
                transfer(html_text(l, label), label, "quoted-printable"))
    alt = multipart([text, html], inner)
    kind, body = ("multipart/alternative", inner), alt
    inline = [f for f in l.files if f.inline]
    if inline:
        rel = inner.replace("_000_", "_005_")
        body = multipart([part([("Content-Type", 'multipart/alternative;\r\n\tboundary="%s"' % inner)], alt)] + [exchange_file(l, f) for f in inline], rel)
        kind = ('multipart/related; type="multipart/alternative"', rel)
    if [f for f in l.files if not f.inline]:
        mixed = inner.replace("_000_", "_004_")
        first = part([("Content-Type", '%s;\r\n\tboundary="%s"' % kind)], body)
        body = multipart([first] + [exchange_file(l, f) for f in l.files if not f.inline], mixed)
        kind = ("multipart/mixed", mixed)
    out += field("Content-Type", '%s;\r\n\tboundary="%s"' % kind)
    out += field("MIME-Version", "1.0")
    return out + CRLF + body


def exchange_file(l, f):
    label = "utf-8" if not ascii_only(f.name) else "us-ascii"
    name = f.name if label == "us-ascii" else "\r\n ".join(b_words(f.name, "utf-8", 60))
    stamp = date(l.at.astimezone(timezone.utc)).replace("+0000", "GMT")
    how = "inline" if f.inline else "attachment"
    fields = [("Content-Type", '%s; name="%s"' % (f.type, name)), ("Content-Description", name),
              ("Content-Disposition", '%s; filename="%s"; size=%d;\r\n\tcreation-date="%s"; modification-date="%s"' % (how, name, len(f.data), stamp, stamp))]
    if f.inline:
        fields.append(("Content-ID", "<%s>" % f.inline))
    return part(fields + [("Content-Transfer-Encoding", "base64")], b64(f.data))


# ---- Outlook with SMTP

def outlook(l):
    """Outlook 2016-2021 with an IMAP or POP account."""
    label = l.charset
    high, low = filetime(l.at)
    ident = "%s%s$%s$%s$@%s" % (l.hex("n", 4), high.lower(), low.lower(), l.hex("j", 8), l.host)
    out = people("From", [l.sender], label, ",\r\n\t")
    out += people("To", l.to, label, ",\r\n\t", l.names)
    out += people("Cc", l.cc, label, ",\r\n\t", l.names)
    out += people("Bcc", l.bcc, label, ",\r\n\t", l.names)
    out += threading(l, "\r\n\t")
    out += text_field("Subject", l.subject, label, "\r\n\t")
    out += field("Date", date(l.at))
    out += field("Message-ID", "<%s>" % ident)
    out += field("MIME-Version", "1.0")
    alt = l.html is not None or l.charset == "utf-8"
    b = "----=_NextPart_%03d_%s_" + high + "." + low
    note = b"This is a multipart message in MIME format." + CRLF + CRLF
    text_fields = [("Content-Type", 'text/plain;\r\n\tcharset="%s"' % label), ("Content-Transfer-Encoding", plain_encoding(label))]
    body = transfer(l.text + "\n", label, plain_encoding(label))
    top = text_fields
    if alt:
        html = part([("Content-Type", 'text/html;\r\n\tcharset="%s"' % label), ("Content-Transfer-Encoding", "quoted-printable")],
                    transfer(html_text(l, label), label, "quoted-printable"))
        bound = b % (1 if l.files else 0, "0013")
        body = multipart([part(text_fields, body), html], bound, b"" if l.files else note)
        top = [("Content-Type", 'multipart/alternative;\r\n\tboundary="%s"' % bound)]
    if l.files:
        bound = b % (0, "0012")
        body = multipart([part(top, body)] + [outlook_file(f, label) for f in l.files], bound, note)
        top = [("Content-Type", 'multipart/mixed;\r\n\tboundary="%s"' % bound)]
    out += b"".join(field(n, v) for n, v in top)
    out += field("X-Mailer", "Microsoft Outlook 16.0")
    out += field("Thread-Index", "AQ" + l.token("t", 26) + "==")
    out += field("Content-Language", "ja" if l.lang == "ja" else "en-gb")
    return out + extras(l) + CRLF + body


def filetime(t):
    """The two halves of a Windows time stamp, which Outlook puts into boundaries and Message-IDs."""
    n = "%016X" % ((int(t.timestamp()) + 11644473600) * 10000000)
    return n[:8], n[8:]


def outlook_file(f, label):
    name = f.name if ascii_only(f.name) else "\r\n\t".join(b_words(f.name, label, 60))
    return part([("Content-Type", '%s;\r\n\tname="%s"' % (f.type, name)), ("Content-Transfer-Encoding", "base64"),
                 ("Content-Disposition", 'attachment;\r\n\tfilename="%s"' % name)], b64(f.data))


# ---- Thunderbird

def thunderbird(l):
    label = "UTF-8"
    u = l.hex("uuid", 32)
    ident = "%s-%s-%s-%s-%s@%s" % (u[:8], u[8:12], u[12:16], u[16:20], u[20:], l.host)
    out = field("Message-ID", "<%s>" % ident) + field("Date", date(l.at, False)) + field("MIME-Version", "1.0")
    out += field("User-Agent", "Mozilla Thunderbird")
    out += packed("Cc", l.cc, label, l.names)
    if l.references:
        out += folded("References", " ".join(l.references), "\r\n ")
    out += text_field("Subject", l.subject, label)
    out += field("Content-Language", "ja" if l.lang == "ja" else "en-GB")
    out += packed("To", l.to, label, l.names)
    out += packed("From", [l.sender], label)
    if l.reply_to_id:
        out += field("In-Reply-To", l.reply_to_id)
    out += packed("Bcc", l.bcc, label, l.names)
    out += extras(l)
    enc = "7bit" if ascii_only(l.text.replace("\n", " ")) else "8bit"
    top = [("Content-Type", "text/plain; charset=UTF-8; format=flowed"), ("Content-Transfer-Encoding", enc)]
    body = transfer(l.text + "\n", "utf-8", enc)
    if l.html is not None:
        alt = "------------" + l.token("alt", 24)
        html = part([("Content-Type", "text/html; charset=UTF-8"), ("Content-Transfer-Encoding", enc)], transfer(html_text(l, "UTF-8"), "utf-8", "8bit"))
        body = multipart([part(top, body), html], alt, b"" if l.files else b"This is a multi-part message in MIME format." + CRLF)
        top = [("Content-Type", 'multipart/alternative;\r\n boundary="%s"' % alt)]
    if l.files:
        bound = "------------" + l.token("b", 24)
        body = multipart([part(top, body)] + [thunderbird_file(f) for f in l.files], bound, b"This is a multi-part message in MIME format." + CRLF)
        top = [("Content-Type", 'multipart/mixed; boundary="%s"' % bound)]
    return out + b"".join(field(n, v) for n, v in top) + CRLF + body


def thunderbird_file(f):
    if ascii_only(f.name):
        kind, name = '%s; name="%s"' % (f.type, f.name), 'filename="%s"' % f.name
    else:
        kind = '%s;\r\n name="%s"' % (f.type, "\r\n ".join(b_words(f.name, "UTF-8", 60)))
        name = rfc2231_long("filename", f.name, "UTF-8", "\r\n ")
        name = ("\r\n " if "*0" in name else "") + name
    return part([("Content-Type", kind), ("Content-Disposition", "attachment; " + name if not name.startswith("\r\n") else "attachment;" + name),
                 ("Content-Transfer-Encoding", "base64")], b64(f.data))


# ---- Apple Mail

def apple(l):
    label = "utf-8"
    u = l.hex("uuid", 32).upper()
    u = "%s-%s-%s-%s-%s" % (u[:8], u[8:12], u[12:16], u[16:20], u[20:])
    out = people("From", [l.sender], label, ",\r\n ", quote=False)
    bound = "Apple-Mail=_" + u[::-1]
    top = [("Content-Type", "text/plain;\r\n\tcharset=%s" % ("us-ascii" if ascii_only(l.text.replace("\n", " ")) else "utf-8")),
           ("Content-Transfer-Encoding", "7bit" if ascii_only(l.text.replace("\n", " ")) else "quoted-printable")]
    body = transfer(l.text + "\n", "utf-8", top[1][1])
    if l.files:
        body = multipart([part(top, body)] + [apple_file(f) for f in l.files], bound, CRLF)
        top = [("Content-Type", 'multipart/mixed;\r\n\tboundary="%s"' % bound)]
    out += b"".join(field(n, v) for n, v in top)
    out += field("Mime-Version", "1.0 (Mac OS X Mail 16.0 \\(3731.400.51.1.1\\))")
    out += text_field("Subject", l.subject, label)
    if l.reply_to_id:
        out += field("In-Reply-To", l.reply_to_id)
    out += people("Bcc", l.bcc, label, ",\r\n ", l.names, False)
    out += field("Date", date(l.at, False))
    out += people("Cc", l.cc, label, ",\r\n ", l.names, False)
    if l.references:
        out += folded("References", " ".join(l.references))
    out += field("Message-Id", "<%s@%s>" % (u, l.host))
    out += people("To", l.to, label, ",\r\n ", l.names, False)
    out += field("X-Mailer", "Apple Mail (2.3731.400.51.1.1)")
    return out + extras(l) + CRLF + body


def apple_file(f):
    if ascii_only(f.name):
        kind, name = '\r\n\tname="%s"' % f.name, '\r\n\tfilename="%s"' % f.name if " " in f.name else "\r\n\tfilename=" + f.name
    else:
        kind = '\r\n\tname="%s"' % "\r\n ".join(b_words(f.name, "utf-8", 60))
        name = "\r\n\t" + rfc2231_long("filename", f.name, "utf-8", "\r\n\t")
    return part([("Content-Disposition", "attachment;" + name), ("Content-Type", f.type + ";\r\n\tx-unix-mode=0644;" + kind),
                 ("Content-Transfer-Encoding", "base64")], b64(f.data))


# ---- Gmail in a browser

def gmail(l):
    label = "UTF-8"
    out = field("MIME-Version", "1.0") + field("Date", date(l.at, False))
    if l.reply_to_id:
        out += folded("References", " ".join(l.references or [l.reply_to_id])) + field("In-Reply-To", l.reply_to_id)
    out += extras(l)
    out += field("Message-ID", "<CA%s=%s@mail.gmail.example>" % (l.token("id", 30), l.token("x", 18)))
    out += text_field("Subject", l.subject, label)
    out += people("From", [l.sender], label, ", ", quote=False)
    out += packed("To", l.to, label, l.names)
    out += packed("Cc", l.cc, label, l.names)
    out += packed("Bcc", l.bcc, label, l.names)
    b = "000000000000%s0%s" % (l.hex("b", 6), l.hex("c", 10))
    enc = "base64" if l.lang == "ja" else "quoted-printable"
    plain = part([("Content-Type", 'text/plain; charset="UTF-8"')] + ([("Content-Transfer-Encoding", enc)] if l.lang == "ja" else []),
                 transfer(l.text + "\n", "utf-8", enc if l.lang == "ja" else "7bit"))
    h = l.html if l.html is not None else '<div dir="ltr">' + l.text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>") + "</div>"
    html = part([("Content-Type", 'text/html; charset="UTF-8"'), ("Content-Transfer-Encoding", enc)], transfer(h + "\n", "utf-8", enc))
    alt = multipart([plain, html], b)
    if not l.files:
        return out + field("Content-Type", 'multipart/alternative; boundary="%s"' % b) + CRLF + alt
    outer = "000000000000%s0%s" % (l.hex("bb", 6), l.hex("cc", 10))
    parts = [part([("Content-Type", 'multipart/alternative; boundary="%s"' % b)], alt)]
    for i, f in enumerate(l.files):
        name = '"%s"' % f.name if ascii_only(f.name) else '"%s"' % "\r\n\t".join(b_words(f.name, "UTF-8", 60))
        cid = "f_l%s%d" % (l.token("f", 7).lower(), i)
        parts.append(part([("Content-Type", "%s; name=%s" % (f.type, name)), ("Content-Disposition", "attachment; filename=%s" % name),
                           ("Content-Transfer-Encoding", "base64"), ("X-Attachment-Id", cid), ("Content-ID", "<%s>" % cid)], b64(f.data)))
    return out + field("Content-Type", 'multipart/mixed; boundary="%s"' % outer) + CRLF + multipart(parts, outer)


# ---- Becky!

def becky(l):
    label = "ISO-2022-JP"
    stamp = l.at.strftime("%Y%m%d%H%M%S")
    out = field("Date", date(l.at)) + people("From", [l.sender], label, ",\r\n\t", quote=False)
    out += people("To", l.to, label, ",\r\n\t", l.names)
    out += text_field("Subject", l.subject, label)
    out += people("Cc", l.cc, label, ",\r\n\t", l.names)
    out += people("Bcc", l.bcc, label, ",\r\n\t", l.names)
    out += threading(l, "\r\n\t")
    out += field("Message-Id", "<%s.%s.%s@%s>" % (stamp, l.hex("a", 4).upper(), l.hex("b", 8).upper(), l.host))
    out += field("MIME-Version", "1.0")
    top = [("Content-Type", 'text/plain; charset="ISO-2022-JP"'), ("Content-Transfer-Encoding", "7bit")]
    body = transfer(l.text + "\n", label, "7bit")
    if l.files:
        bound = "------_%s_MULTIPART_MIXED_" % l.hex("m", 20).upper()
        parts = [part(top, body)]
        for f in l.files:
            name = f.name if ascii_only(f.name) else "\r\n ".join(b_words(f.name, label, 60))
            parts.append(part([("Content-Type", '%s;\r\n name="%s"' % (f.type, name)), ("Content-Disposition", 'attachment;\r\n filename="%s"' % name),
                               ("Content-Transfer-Encoding", "base64")], b64(f.data)))
        body = multipart(parts, bound)
        top = [("Content-Type", 'multipart/mixed; boundary="%s"' % bound), ("Content-Transfer-Encoding", "7bit")]
    out += b"".join(field(n, v) for n, v in top)
    return out + field("X-Mailer", "Becky! ver. 2.81.07 [ja]") + extras(l) + CRLF + body


# ---- mutt

def mutt(l):
    label = l.charset
    out = field("Date", date(l.at)) + packed("From", [l.sender], label) + packed("To", l.to, label, l.names) + packed("Cc", l.cc, label, l.names)
    out += packed("Bcc", l.bcc, label, l.names)
    out += text_field("Subject", l.subject, label)
    out += field("Message-ID", "<Z%s@%s>" % (l.token("id", 13), l.host))
    out += threading(l, "\r\n ")
    out += field("MIME-Version", "1.0")
    enc = "7bit" if label.lower() in ("iso-2022-jp", "us-ascii") else "8bit"
    top = [("Content-Type", "text/plain; charset=" + label), ("Content-Disposition", "inline")] + ([("Content-Transfer-Encoding", "8bit")] if enc == "8bit" else [])
    body = transfer(l.text + "\n", label, enc)
    if l.files:
        bound = l.token("b", 16)
        parts = [part(top, body)]
        for f in l.files:
            name = 'filename="%s"' % f.name if ascii_only(f.name) else rfc2231("filename", f.name, "utf-8")
            parts.append(part([("Content-Type", f.type), ("Content-Disposition", "attachment; " + name), ("Content-Transfer-Encoding", "base64")], b64(f.data)))
        body = CRLF + multipart(parts, bound)
        top = [("Content-Type", 'multipart/mixed; boundary="%s"' % bound), ("Content-Disposition", "inline")]
    out += b"".join(field(n, v) for n, v in top)
    return out + field("User-Agent", "Mutt/2.2.9+54 (af2080d) (2022-11-21)") + extras(l) + CRLF + body


# ---- PHP's mail() behind Postfix

def php(l, mailer="PHP/7.4.33"):
    """mb_send_mail of a form or newsletter script: one long To line."""
    label = l.charset
    out = field("Received", "by %s (Postfix, from userid 48)\r\n\tid %s; %s (JST)" % (l.host, l.hex("q", 10).upper(), date(l.at, False)))
    out += people("To", l.to, label, ", ", l.names, False)
    out += text_field("Subject", l.subject, label)
    out += field("X-PHP-Originating-Script", "48:sendmail.php")
    out += people("From", [l.sender], label, ", ", quote=False)
    out += people("Cc", l.cc, label, ", ", l.names, False) + people("Bcc", l.bcc, label, ", ", l.names, False)
    out += extras(l)
    out += field("X-Mailer", mailer) + field("MIME-Version", "1.0")
    enc = plain_encoding(label)
    out += field("Content-Type", "text/plain; charset=" + label.upper()) + field("Content-Transfer-Encoding", enc)
    out += field("Message-Id", "<%s.%s@%s>" % (l.at.strftime("%Y%m%d%H%M%S"), l.hex("q", 10).upper(), l.host))
    out += field("Date", date(l.at, False) + " (JST)")
    return out + CRLF + transfer(l.text + "\n", label, enc)


# ---- a printer that scans to mail

def printer(l):
    """No Message-ID, no Date: the server adds what it wants."""
    out = people("From", [l.sender], "us-ascii", ", ", False) + people("To", l.to, "us-ascii", ",", False) + people("Cc", l.cc, "us-ascii", ",", False)
    out += people("Bcc", l.bcc, "us-ascii", ",", False)
    out += text_field("Subject", l.subject, "UTF-8") + field("MIME-Version", "1.0")
    bound = "SCAN_%s" % l.hex("b", 16).upper()
    out += field("Content-Type", 'multipart/mixed; boundary="%s"' % bound) + extras(l)
    parts = [part([("Content-Type", "text/plain; charset=UTF-8"), ("Content-Transfer-Encoding", "base64")], transfer(l.text + "\n", "utf-8", "base64"))]
    for f in l.files:
        parts.append(part([("Content-Type", '%s; name="%s"' % (f.type, f.name)), ("Content-Transfer-Encoding", "base64"),
                           ("Content-Disposition", 'attachment; filename="%s"' % f.name)], b64(f.data)))
    return out + CRLF + multipart(parts, bound)


# ---- small helpers

def extras(l):
    return b"".join(field(n, v) for n, v in l.extra)


def threading(l, fold):
    out = b""
    if l.references:
        out += folded("References", " ".join(l.references), fold)
    if l.reply_to_id:
        out += field("In-Reply-To", l.reply_to_id)
    return out


def strip_re(s):
    while s[:3].upper() == "RE:" or s[:3].upper() == "FW:":
        s = s[3:].strip()
    return s


def message_id(raw):
    """The Message-ID of a message made above."""
    for line in raw.split(CRLF):
        if line.lower().startswith(b"message-id: "):
            return line[12:].decode("ascii")
    raise ValueError("no Message-ID")


def on_top(raw, fields):
    """Trace and other fields that servers put before a message."""
    return b"".join(field(n, v) for n, v in fields) + raw


def cut(raw, *names):
    """Takes fields out of a header, with their continuation lines."""
    head, sep, body = raw.partition(CRLF + CRLF)
    out, drop = [], False
    for line in head.split(CRLF):
        if line[:1] not in (b" ", b"\t"):
            drop = line.partition(b":")[0].lower().decode() in [n.lower() for n in names]
        if not drop:
            out.append(line)
    return CRLF.join(out) + sep + body


def swap(raw, old, new, count=1):
    """Replaces octets that must be there, just so many times."""
    if isinstance(old, str):
        old, new = old.encode("ascii"), new.encode("ascii")
    if raw.count(old) != count:
        raise ValueError("%r stands %d times, not %d" % (old, raw.count(old), count))
    return raw.replace(old, new)


def received(by, from_host, for_address, at, id, ip="192.0.2.25"):
    """One trace field as Postfix writes it."""
    return ("Received", "from %s (%s [%s])\r\n\tby %s (Postfix) with ESMTPS id %s\r\n\tfor <%s>; %s (JST)" % (from_host, from_host, ip, by, id, for_address, date(at, False)))
