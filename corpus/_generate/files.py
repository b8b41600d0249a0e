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
