"""Small documents to attach, the same octets in every run."""

import io
import struct
import zipfile
import zlib


def pdf(title):
    """One page that says its title (ASCII)."""
    stream = b"BT /F1 18 Tf 72 770 Td (%s) Tj ET" % title.encode("ascii")
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
               b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
               b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream), b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    out, at = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for i, o in enumerate(objects, 1):
        at.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (i, o)
    xref = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % n for n in at)
    return out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, xref)


def zip_of(entries):
    """A zip archive of (name, data), stored and undated."""
    buf = io.BytesIO()
    with zipfile.ZipFile(buf, "w", zipfile.ZIP_STORED) as z:
        for name, data in entries:
            info = zipfile.ZipInfo(name, (2023, 1, 10, 9, 0, 0))
            info.create_system = 3  # not that of the machine it runs on
            z.writestr(info, data)
    return buf.getvalue()


def zip_encrypted(entries, password):
    """The same, encrypted by PKWARE's traditional cipher, which the standard library only reads."""
    table = [_crc_entry(i) for i in range(256)]
    out, central = b"", b""
    for name, data in entries:
        keys = _keys(password.encode("ascii"), table)
        crc = zlib.crc32(data)
        head = zlib.crc32(name.encode()) .to_bytes(4, "big") * 3  # twelve octets before the data; the last one is checked
        plain = head[:11] + bytes([crc >> 24]) + data
        secret = _encrypt(plain, keys, table)
        raw = name.encode("utf-8")
        fields = struct.pack("<HHHHHIIIHH", 20, 0x0801, 0, 0x4800, 0x562A, crc, len(secret), len(data), len(raw), 0)
        at = len(out)
        out += b"PK\x03\x04" + fields + raw + secret
        central += b"PK\x01\x02" + struct.pack("<H", 20) + fields + struct.pack("<HHHII", 0, 0, 0, 0, at) + raw
    end = struct.pack("<HHHHIIH", 0, 0, len(entries), len(entries), len(central), len(out), 0)
    return out + central + b"PK\x05\x06" + end


def _crc_entry(i):
    for _ in range(8):
        i = i >> 1 ^ (0xEDB88320 if i & 1 else 0)
    return i


def _update(keys, c, table):
    k0, k1, k2 = keys
    k0 = table[(k0 ^ c) & 255] ^ k0 >> 8
    k1 = ((k1 + (k0 & 255)) * 134775813 + 1) & 0xFFFFFFFF
    k2 = table[(k2 ^ k1 >> 24) & 255] ^ k2 >> 8
    return [k0, k1, k2]


def _keys(password, table):
    keys = [305419896, 591751049, 878082192]
    for c in password:
        keys = _update(keys, c, table)
    return keys


def _encrypt(data, keys, table):
    out = bytearray()
    for c in data:
        t = keys[2] | 2
        out.append(c ^ (t * (t ^ 1) >> 8 & 255))
        keys = _update(keys, c, table)
    return bytes(out)


def xlsx(rows, macro=False, hidden_columns=()):
    """A workbook of one sheet with inline strings."""
    ns = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    cells = []
    for r, row in enumerate(rows, 1):
        cells.append('<row r="%d">%s</row>' % (r, "".join('<c r="%s%d" t="inlineStr"><is><t>%s</t></is></c>' % (chr(65 + c), r, v) for c, v in enumerate(row))))
    cols = "".join('<col min="%d" max="%d" width="12" hidden="1" customWidth="1"/>' % (c, c) for c in hidden_columns)
    main = "application/vnd.ms-excel.sheet.macroEnabled.main+xml" if macro else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    x = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    types = ('<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
             '<Default Extension="xml" ContentType="application/xml"/>%s<Override PartName="/xl/workbook.xml" ContentType="%s"/>'
             '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>') % (
                 '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>' if macro else "", main)
    rels = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'
    one = '<Relationship Id="rId1" Type="%s/%s" Target="%s"/>'
    book = rels % (one % (rel, "worksheet", "worksheets/sheet1.xml") + ('<Relationship Id="rId2" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="vbaProject.bin"/>' if macro else ""))
    entries = [("[Content_Types].xml", x + types), ("_rels/.rels", x + rels % (one % (rel, "officeDocument", "xl/workbook.xml"))),
               ("xl/workbook.xml", x + '<workbook %s xmlns:r="%s"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>' % (ns, rel)),
               ("xl/_rels/workbook.xml.rels", x + book),
               ("xl/worksheets/sheet1.xml", x + '<worksheet %s>%s<sheetData>%s</sheetData></worksheet>' % (ns, "<cols>%s</cols>" % cols if cols else "", "".join(cells)))]
    entries = [(n, d.encode("utf-8")) for n, d in entries]
    if macro:
        entries.append(("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)))
    return zip_of(entries)


def docx(paragraphs):
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    x = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    body = "".join("<w:p><w:r><w:t>%s</w:t></w:r></w:p>" % p for p in paragraphs)
    types = ('<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
             '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>')
    rels = ('<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
            'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>')
    return zip_of([("[Content_Types].xml", (x + types).encode()), ("_rels/.rels", (x + rels).encode()),
                   ("word/document.xml", (x + "<w:document %s><w:body>%s</w:body></w:document>" % (w, body)).encode("utf-8"))])


def png(width=16, height=16, rgb=(0, 90, 160)):
    """A square of one colour: a logo in a signature."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    row = b"\x00" + bytes(rgb) * width
    raw = row * height
    stored = b"\x78\x01\x01" + struct.pack("<HH", len(raw), len(raw) ^ 0xFFFF) + raw + struct.pack(">I", zlib.adler32(raw))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + chunk(b"IDAT", stored) + chunk(b"IEND", b"")


def csv(rows, charset="cp932"):
    return "".join(",".join(r) + "\r\n" for r in rows).encode(charset)


def _reverse(code, n):
    return int(format(code, "0%db" % n)[::-1], 2)


_LITERAL = [(_reverse(0x30 + i, 8), 8) if i < 144 else (_reverse(0x190 + i - 144, 9), 9) for i in range(256)]
_LENGTHS = [(3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 1), (13, 1), (15, 1), (17, 1), (19, 2), (23, 2), (27, 2), (31, 2),
            (35, 3), (43, 3), (51, 3), (59, 3), (67, 4), (83, 4), (99, 4), (115, 4), (131, 5), (163, 5), (195, 5), (227, 5), (258, 0)]


def _length(n):
    """The bits of a match's length (RFC 1951, 3.2.5 and 3.2.6)."""
    i = max(k for k, (base, _) in enumerate(_LENGTHS) if base <= n)
    base, extra = _LENGTHS[i]
    code, bits = (_reverse(i + 1, 7), 7) if i < 23 else (_reverse(0xC0 + i - 23, 8), 8)
    return code | (n - base) << bits, bits + extra


def _distance(n):
    code, base, extra = 0, 1, 0
    while n >= base + (1 << extra):
        base += 1 << extra
        code += 1
        extra = max(0, code // 2 - 1)
    return _reverse(code, 5) | (n - base) << 5, 5 + extra


def deflated(head, rows, tail):
    """Deflate of rows of one length, each a copy of the row before with some octets changed. The octets do not hang on anybody's zlib."""
    size = len(rows[0])
    at = _distance(size)
    lengths = {n: _length(n) for n in range(3, 259)}
    out, acc, n = bytearray(), 3, 3  # the last block, of fixed codes

    def put(code, bits):
        nonlocal acc, n
        acc |= code << n
        n += bits
        if n > 4000:
            out.extend(acc.to_bytes(n // 8 + 1, "little")[:n // 8])
            acc >>= n // 8 * 8
            n %= 8

    def copy(start, row, length):
        while length >= 3:
            step = 258 if length > 260 else min(length, 258)
            code, bits = lengths[step]
            put(code | at[0] << bits, bits + at[1])
            start, length = start + step, length - step
        for c in row[start:start + length]:
            put(*_LITERAL[c])

    for c in head + rows[0]:
        put(*_LITERAL[c])
    for before, row in zip(rows, rows[1:]):
        assert len(row) == size
        same = 0
        for i in [k for k, (a, b) in enumerate(zip(before, row)) if a != b] + [size]:
            copy(same, row, i - same)
            if i < size:
                put(*_LITERAL[row[i]])
            same = i + 1
    for c in tail:
        put(*_LITERAL[c])
    put(0, 7)
    out.extend(acc.to_bytes(n // 8 + 1, "little"))
    return bytes(out)


def zip_with_packed(entries, name, head, rows, tail):
    """zip_of(entries), and behind them one member of rows, deflated."""
    data = head + b"".join(rows) + tail
    packed = deflated(head, rows, tail)
    plain = zip_of(entries)
    end = plain.rindex(b"PK\x05\x06")
    count, size, at = struct.unpack("<HII", plain[end + 10:end + 20])
    raw = name.encode("ascii")
    fields = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0x4800, 0x562A, zlib.crc32(data), len(packed), len(data), len(raw), 0)
    central = b"PK\x01\x02" + struct.pack("<H", 20) + fields + struct.pack("<HHHII", 0, 0, 0, 0, at) + raw
    member = b"PK\x03\x04" + fields + raw + packed
    return plain[:at] + member + plain[at:end] + central + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count + 1, count + 1, size + len(central), at + len(member), 0)


def big_xlsx(head, rows, shown=None, hidden_columns=(), state="hidden"):
    """A workbook whose last sheet has many rows of numbers and short texts, all rows of one length; with shown, rows of a first sheet, the other is hidden."""
    ns = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    pkg = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'
    def cells(row):
        return "<row>%s</row>" % "".join("<c><v>%s</v></c>" % v if v.isdigit() else '<c t="inlineStr"><is><t>%s</t></is></c>' % v for v in row)
    sheets = '<sheet name="Sheet1" sheetId="1" r:id="rId1"/>'
    entries = []
    if shown:
        sheets += '<sheet name="Sheet2" sheetId="2" state="%s" r:id="rId2"/>' % state
        entries.append(("xl/worksheets/sheet1.xml", "<worksheet %s><sheetData>%s</sheetData></worksheet>" % (ns, "".join(map(cells, shown)))))
    last = "xl/worksheets/sheet%d.xml" % (2 if shown else 1)
    types = ('<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
             '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>%s</Types>') % "".join(
                 '<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>' % i for i in ((1, 2) if shown else (1,)))
    entries = [("[Content_Types].xml", types), ("_rels/.rels", pkg % ('<Relationship Id="rId1" Type="%s/officeDocument" Target="xl/workbook.xml"/>' % rel)),
               ("xl/workbook.xml", '<workbook %s xmlns:r="%s"><sheets>%s</sheets></workbook>' % (ns, rel, sheets)),
               ("xl/_rels/workbook.xml.rels", pkg % "".join('<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>' % (i, rel, i) for i in ((1, 2) if shown else (1,))))] + entries
    cols = "".join('<col min="%d" max="%d" width="12" hidden="1"/>' % (c, c) for c in hidden_columns)
    start = '<worksheet %s>%s<sheetData>%s' % (ns, "<cols>%s</cols>" % cols if cols else "", cells(head))
    return zip_with_packed([(n, d.encode("utf-8")) for n, d in entries], last, start.encode("utf-8"), [cells(r).encode("utf-8") for r in rows], b"</sheetData></worksheet>")


def compound(streams):
    """An OLE compound file (MS-CFB) of (name, data), each stream of 4,096 octets."""
    fat, body = [0xFFFFFFFD, 0xFFFFFFFE], b""
    def entry(name, kind, start, size, child, right):
        wide = name.encode("utf-16-le")
        return wide.ljust(64, b"\0") + struct.pack("<HBBIII", len(wide) + 2, kind, 1, 0xFFFFFFFF, right, child) + bytes(36) + struct.pack("<IQ", start, size)
    entries = entry("Root Entry", 5, 0xFFFFFFFE, 0, 1, 0xFFFFFFFF)
    for i, (name, data) in enumerate(streams):
        entries += entry(name, 2, len(fat), 4096, 0xFFFFFFFF, 0xFFFFFFFF if i == len(streams) - 1 else i + 2)
        fat += [len(fat) + k + 1 for k in range(7)] + [0xFFFFFFFE]
        body += data.ljust(4096, b"\0")
    fat += [0xFFFFFFFF] * (128 - len(fat))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6) + bytes(10)
    head += struct.pack("<IIIIIIII", 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return head + struct.pack("<128I", *fat) + entries.ljust(512, b"\0") + body


def locked_office():
    """A docx or xlsx under a password, as Office writes it (MS-OFFCRYPTO, 2.3.4.10)."""
    info = b"\x04\x00\x04\x00\x40\x00\x00\x00" + b'<encryption xmlns="http://schemas.microsoft.com/office/2006/encryption"><keyData saltSize="16" blockSize="16" keyBits="256" cipherAlgorithm="AES" cipherChaining="ChainingModeCBC" hashAlgorithm="SHA512"/></encryption>'
    return compound([("EncryptionInfo", info), ("EncryptedPackage", bytes((i * 37 + i // 7) & 255 for i in range(4000)))])


def vba(source):
    """A vbaProject.bin of one module (MS-OVBA 2.4.1), its source not packed."""
    packed = b"".join(b"\0" + source[i:i + 8] for i in range(0, len(source), 8))
    return compound([("_VBA_PROJECT", b"x"), ("ThisDocument", b"some head\x01" + struct.pack("<H", 0xB000 | len(packed) - 1) + packed)])


def docm(paragraphs, source):
    z = docx(paragraphs).replace(b"wordprocessingml.document.main+xml", b"wordprocessingml.document.main+xml")
    with zipfile.ZipFile(io.BytesIO(z)) as r:
        entries = [(n, r.read(n)) for n in r.namelist()]
    return zip_of(entries + [("word/vbaProject.bin", vba(source))])


def tnef(files):
    """A winmail.dat (MS-OXTNEF) that holds files."""
    def attribute(level, id, data):
        return struct.pack("<BII", level, id, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
    out = struct.pack("<IH", 0x223E9F78, 1)
    for name, data in files:
        out += attribute(2, 0x00069002, bytes(14)) + attribute(2, 0x00018010, name.encode("cp932") + b"\0") + attribute(2, 0x0006800F, data)
    return out


def rar5(name, data, locked):
    """A RAR 5 of one stored member."""
    extra = b"\x02\x01\x00" if locked else b""
    raw = name.encode("utf-8")
    def vint(n):
        return bytes([n]) if n < 128 else bytes([n & 127 | 128, n >> 7])
    body = bytes([2, 3]) + bytes([len(extra)]) + vint(len(data)) + b"\0" + vint(len(data)) + b"\x20\0\x01" + bytes([len(raw)]) + raw + extra
    return b"Rar!\x1a\x07\x01\x00" + bytes(4) + bytes([len(body)]) + body + data + bytes(4) + b"\x02\x05\x00"


def iso(name, data):
    """A disk image (ECMA-119) of one file."""
    both = lambda n: struct.pack("<I", n) + struct.pack(">I", n)
    def record(raw, at, size, folder):
        r = b"\0" + both(at) + both(size) + bytes([123, 1, 10, 9, 0, 0, 0]) + bytes([2 if folder else 0, 0, 0]) + b"\1\0\0\1" + bytes([len(raw)]) + raw
        r += b"\0" * (len(r) % 2 == 0)
        return bytes([len(r) + 1]) + r
    root = record(b"\0", 18, 2048, True)
    pvd = b"\1CD001\1\0" + b" " * 32 + b"DOCUMENTS".ljust(32) + bytes(8) + both(20) + bytes(32) + b"\1\0\0\1" * 2 + struct.pack("<H", 2048) + struct.pack(">H", 2048)
    pvd = pvd.ljust(156, b"\0") + root
    folder = root + record(b"\1", 18, 2048, True) + record(name.encode("ascii") + b";1", 19, len(data), False)
    sectors = bytes(16 * 2048) + pvd.ljust(2048, b"\0") + b"\xffCD001\1".ljust(2048, b"\0") + folder.ljust(2048, b"\0")
    return sectors + data.ljust(-(-len(data) // 2048) * 2048, b"\0")


PROGRAM = (b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0\x4c\x01").ljust(512, b"\0")  # the head of a Windows program
SHORTCUT = (b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F" + bytes(56) + "powershell -w hidden -enc SQBFAFgA".encode("utf-16-le")).ljust(300, b"\0")
