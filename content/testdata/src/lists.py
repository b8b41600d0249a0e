"""Writes flat OpenDocument files that office.py saves in every format: a list of 25 people, and one of 25 things that looks like it."""
import sys

out = sys.argv[1]
NS = " ".join('xmlns:%s="urn:oasis:names:tc:opendocument:xmlns:%s"' % (p, u) for p, u in (
    ("office", "office:1.0"), ("text", "text:1.0"), ("table", "table:1.0"), ("draw", "drawing:1.0"), ("presentation", "presentation:1.0"), ("svg", "svg-compatible:1.0")))
SURNAMES = "佐原 三枝 高梨 田所 井手 渡会 山際 中里 加納 吉永 山路 松永 井深 木戸 林田 清川 森脇 池上 橋爪 石黒 前川 藤代 小沼 近江 村瀬".split()
GIVEN = "花 陽子 健一 美咲 大輔 直樹 恵 拓也 由美 誠 彩 浩司 智子 亮 裕子 翔 麻衣 隆 綾子 修 千尋 圭介 幸子 悠 久美".split()
GOODS = "書棚 机 椅子 照明 時計 花瓶 鏡 戸棚 毛布 枕 敷物 食卓 衝立 屏風 火鉢 行灯 座卓 傘立 花台 脇息 文机 長椅子 寝台 本立 物干".split()

people = [["氏名", "電話番号", "住所", "メールアドレス"]] + [
    ["%s %s" % (s, g), "090-5550-%04d" % (100 + i), "北区本町%d丁目%d-%d" % (i % 6 + 1, i + 1, i % 9 + 1), "p%02d@kaisha.example" % i] for i, (s, g) in enumerate(zip(SURNAMES, GIVEN))]
things = [["品名", "品番", "価格", "寸法"]] + [
    ["%s" % g, "A-%d-%04d" % (i % 7 + 1, 5550 + i * 31), "%d円" % (9000 + i * 480), "%d×%d×%dcm" % (40 + i, 30 + i, 120 - i)] for i, g in enumerate(GOODS)]


def table(rows, cell):
    return '<table:table table:name="一覧"><table:table-column table:number-columns-repeated="4"/>%s</table:table>' % "".join(
        "<table:table-row>%s</table:table-row>" % "".join(cell % c for c in row) for row in rows)


def write(name, kind, body):
    with open(out + "/" + name, "w", encoding="utf-8") as f:
        f.write('<?xml version="1.0" encoding="UTF-8"?>\n<office:document %s office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.%s"><office:body>%s</office:body></office:document>\n' % (NS, kind, body))


CELL = '<table:table-cell office:value-type="string"><text:p>%s</text:p></table:table-cell>'
for name, rows in (("people", people), ("things", things)):
    write(name + ".fods", "spreadsheet", "<office:spreadsheet>%s</office:spreadsheet>" % table(rows, CELL))
    write(name + ".fodt", "text", "<office:text><text:p>一覧をお送りします。</text:p>%s</office:text>" % table(rows, CELL))
    notes = "".join("<text:p>%s</text:p>" % "　".join(r) for r in rows)
    write(name + ".fodp", "presentation", '<office:presentation><draw:page draw:name="p1"><draw:frame svg:width="20cm" svg:height="4cm" svg:x="2cm" svg:y="2cm"><draw:text-box><text:p>報告会</text:p></draw:text-box></draw:frame>'
          '<presentation:notes><draw:frame presentation:class="notes" svg:width="15cm" svg:height="12cm" svg:x="2cm" svg:y="14cm"><draw:text-box>%s</draw:text-box></draw:frame></presentation:notes></draw:page></office:presentation>' % notes)
