"""Messages that two readers read differently. Each hides a recipient or a part; its twin hides nothing."""

from files import pdf
from mail import CRLF, Attachment, Letter, b64, multipart, part, when
from people import Person, group
from programs import becky, mutt, swap
from registry import case

ME = Person("三宅 智子", "Tomoko Miyake", "miyake@honsha.example.co.jp")
YOU = Person("福原 修", "Osamu Fukuhara", "fukuhara@kaisha05.example")
DROP = "collect@dropbox7.example"


def note(key, program=mutt, **changes):
    """An ordinary short letter to one customer."""
    l = Letter(key, ME, [YOU], subject="お見積りの件", at=when("2023-10-05 11:20:48"), charset="utf-8",
               text="福原様\n\nお世話になっております。三宅です。\nご依頼のお見積りの件、10月12日（木）にお伺いしてご説明いたします。\n\n三宅\n",
               files=[Attachment("mitsumori.pdf", pdf("Quotation 1005"), "application/pdf")])
    return program(l.but(**changes))


@case("evasion-second-to-field")
def _():
    """Readers that take the first To field see one recipient, others the list."""
    raw = note("second-to")
    more = ",\r\n ".join(p.address for p in group(24, 5))
    return swap(raw, "\r\nSubject: ", "\r\nTo: %s\r\nSubject: " % more), raw


@case("evasion-part-after-closing-boundary")
def _():
    """A part after the closing delimiter: many readers stop before it."""
    raw = note("after-closing", files=[])
    b = "u8Wq2kT0xPz41mVd"
    head, _, body = raw.partition(CRLF + CRLF)
    head = swap(head, "Content-Type: text/plain; charset=utf-8", 'Content-Type: multipart/mixed; boundary="%s"' % b)
    head = swap(head, "Content-Transfer-Encoding: 8bit\r\n", "")
    text = part([("Content-Type", "text/plain; charset=utf-8"), ("Content-Transfer-Encoding", "8bit")], body)
    csv = part([("Content-Type", 'text/csv; name="kokyaku.csv"'), ("Content-Disposition", 'attachment; filename="kokyaku.csv"'), ("Content-Transfer-Encoding", "base64")],
               b64("氏名,電話番号\r\n池上 正,090-5550-0123\r\n".encode("cp932")))
    honest = head + CRLF + CRLF + multipart([text, csv], b)
    hidden = head + CRLF + CRLF + multipart([text], b) + b"--" + b.encode() + CRLF + csv + CRLF + b"--" + b.encode() + b"--" + CRLF
    return hidden, honest


# ---- helpers

BOUND = "u8Wq2kT0xPz41mVd"
LIST = "氏名,電話番号,住所\r\n池上 正,090-5550-0123,北区本町1-2\r\n前川 翔,090-5550-0124,北区本町3-4\r\n後閑 誠,090-5550-0125,北区本町5-6\r\n".encode("cp932")


def top(key, kind='multipart/mixed; boundary="%s"' % BOUND, **changes):
    """The header of a short letter, without its end, with another Content-Type."""
    raw = note(key, files=[], **changes)
    head, _, body = raw.partition(CRLF + CRLF)
    head = swap(head, "Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: inline\r\nContent-Transfer-Encoding: 8bit", "Content-Type: " + kind)
    return head, part([("Content-Type", "text/plain; charset=utf-8"), ("Content-Transfer-Encoding", "8bit")], body)


def file_part(name='filename="kokyaku.csv"', type="text/csv", data=LIST, encoding="base64"):
    return part([("Content-Type", type), ("Content-Disposition", "attachment; " + name), ("Content-Transfer-Encoding", encoding)], b64(data) if encoding == "base64" else data)


def whole(head, parts, boundary=BOUND):
    return head + CRLF + CRLF + multipart(parts, boundary)


# ---- hidden recipients

@case("evasion-to-behind-bare-cr")
def _():
    """A bare CR inside Subject: some servers end the line there and find a second To."""
    raw = note("bare-cr")
    return swap(raw, "\r\nMessage-ID: ", "\rTo: %s\r\nMessage-ID: " % DROP), raw


@case("evasion-cc-behind-line-without-colon")
def _():
    """A line that is no field ends the header for strict readers, who never come to Cc."""
    raw = swap(note("no-colon"), "\r\nSubject: ", "\r\nCc: %s\r\nSubject: " % DROP)
    return swap(raw, "\r\nCc: ", "\r\nThis letter is confidential\r\nCc: "), swap(raw, "\r\nCc: ", "\r\nX-Note: This letter is confidential\r\nCc: ")


@case("evasion-blank-before-colon")
def _():
    """"Cc :" is the obsolete form: some read a field of another name."""
    raw = swap(note("blank-colon"), "\r\nSubject: ", "\r\nCc: %s\r\nSubject: " % DROP)
    return swap(raw, "\r\nCc: ", "\r\nCc : "), raw


@case("evasion-unclosed-quote-in-to")
def _():
    """A quote that never ends swallows the second address, or does not."""
    raw = swap(note("unclosed"), YOU.address, YOU.address + ">,\r\n Collect <" + DROP)
    return swap(raw, " Collect <", ' "Collect <'), swap(raw, " Collect <", ' "Collect" <')


@case("evasion-quoted-local-part")
def _():
    """Quotes make another's address a local part; who drops them reads a customer's mailbox."""
    raw = swap(note("quoted-local"), "\r\nSubject: ", '\r\nCc: "%s"@dropbox7.example\r\nSubject: ' % YOU.address)
    return raw, swap(raw, '"%s"@dropbox7.example' % YOU.address, "fukuhara-desk@kaisha05.example")


@case("evasion-source-route")
def _():
    """A source route names a customer's server first and the real domain last."""
    raw = swap(note("route"), "\r\nSubject: ", "\r\nCc: <@kaisha05.example:%s>\r\nSubject: " % DROP)
    return raw, swap(raw, "<@kaisha05.example:%s>" % DROP, "<%s>" % DROP)


@case("evasion-encoded-word-in-address")
def _():
    """An encoded word inside an address, which RFC 2047 forbids and some decode."""
    raw = swap(note("encoded"), "\r\nSubject: ", "\r\nCc: =?utf-8?q?collect=40dropbox7=2Eexample?=@kaisha05.example\r\nSubject: ")
    return raw, swap(raw, "=?utf-8?q?collect=40dropbox7=2Eexample?=@kaisha05.example", DROP)


@case("evasion-nul-in-to")
def _():
    """A NUL ends the string for programs written in C."""
    raw = swap(note("nul"), YOU.address, YOU.address + ">,\r\n <" + DROP)
    return swap(raw, ",\r\n <" + DROP, "\x00,\r\n <" + DROP), raw


@case("evasion-blank-line-of-spaces")
def _():
    """A line of blanks: the end of the header to some, a continuation to others. Cc stands behind it."""
    raw = swap(note("spaces"), "\r\nSubject: ", "\r\nCc: %s\r\nSubject: " % DROP)
    return swap(raw, "\r\nCc: ", "\r\n \t\r\nCc: "), raw


@case("evasion-one-bad-address-in-a-list")
def _():
    """One entry that strict readers refuse, and with it the whole list of 24."""
    raw = note("bad-one")
    people = [p.address for p in group(24, 21)]
    odd = "fukuhara@kaisha05.example <%s>" % DROP
    return swap(raw, "\r\nSubject: ", "\r\nCc: %s,\r\n %s\r\nSubject: " % (odd, ",\r\n ".join(people))), raw


@case("evasion-first-line-is-a-continuation")
def _():
    """The first line starts with a blank: strict readers refuse the message, and with it its recipients."""
    raw = note("orphan")
    return b" by way of the branch office\r\n" + raw, raw


@case("evasion-second-from-field")
def _():
    """Two From fields: one is shown, the other checked."""
    raw = note("two-from")
    return swap(raw, "\r\nTo: ", "\r\nFrom: President <president@honsha-group.example>\r\nTo: "), raw


@case("evasion-cc-behind-ten-thousand-fields")
def _():
    """Cc stands behind more fields than readers take."""
    raw = note("fields", files=[])
    filler = "".join("X-A: %d\r\n" % (i % 10) for i in range(10050))
    return swap(raw, "\r\nUser-Agent: ", "\r\n%sCc: %s\r\nUser-Agent: " % (filler, DROP)), raw


# ---- hidden parts

@case("evasion-duplicate-boundary-parameter")
def _():
    """Two boundary parameters: each reader finds other parts."""
    other = "mV1dPz4TxWq2u8k0"
    head, text = top("two-boundaries", 'multipart/mixed; boundary="%s"; boundary="%s"' % (BOUND, other))
    head_honest, _ = top("two-boundaries")
    inner = text + CRLF + b"--" + other.encode() + CRLF + file_part() + CRLF + b"--" + other.encode() + b"--" + CRLF
    return head + CRLF + CRLF + b"--" + other.encode() + CRLF + text + multipart([inner], BOUND), whole(head_honest, [text, file_part()])


@case("evasion-bad-line-in-part-header")
def _():
    """One line without a colon in a part's header: libraries drop this part and all that follow."""
    head, text = top("bad-part")
    bad = file_part().replace(b"Content-Disposition: ", b"attached by the branch office\r\nContent-Disposition: ", 1)
    return whole(head, [text, bad]), whole(head, [text, file_part()])


@case("evasion-data-after-base64-padding")
def _():
    """The file goes on after the padding, where many decoders stop."""
    head, text = top("padding")
    start = part([("Content-Type", "text/csv"), ("Content-Disposition", 'attachment; filename="kokyaku.csv"'), ("Content-Transfer-Encoding", "base64")], b64(LIST[:19]) + b64(LIST[19:]))
    return whole(head, [text, start]), whole(head, [text, file_part()])


@case("evasion-two-file-names")
def _():
    """a.txt to one reader, a.exe to another."""
    head, text = top("two-names")
    both = "filename=\"a.txt\"; filename*=utf-8''a.exe"
    plain = b"Minutes of the meeting, 5 October.\r\n"
    return whole(head, [text, file_part(both, "application/octet-stream", plain)]), whole(head, [text, file_part("filename=\"a.txt\"; filename*=utf-8''a.txt", "application/octet-stream", plain)])


@case("evasion-file-name-in-segments")
def _():
    """RFC 2231 segments, the first of them encoded: who reads only the last one sees no program."""
    head, text = top("segments")
    odd = "filename*0*=iso-8859-1''keiyaku%2E; filename*1=exe; filename=\"keiyaku.pdf\""
    return whole(head, [text, file_part(odd, "application/pdf", pdf("Contract"))]), whole(head, [text, file_part('filename="keiyaku.pdf"', "application/pdf", pdf("Contract"))])


@case("evasion-disposition-twice")
def _():
    """Two Content-Disposition fields with names of different kinds."""
    head, text = top("disposition")
    p = file_part('filename="shiryo.csv"')
    twice = p.replace(b"Content-Transfer-Encoding", b'Content-Disposition: attachment; filename="shiryo.scr"\r\nContent-Transfer-Encoding', 1)
    return whole(head, [text, twice]), whole(head, [text, p])


@case("evasion-second-content-type")
def _():
    """text/plain to one reader, a container with an attachment to another."""
    head, text = top("two-types")
    return whole(swap(head, "Content-Type: ", "Content-Type: text/plain; charset=utf-8\r\nContent-Type: "), [text, file_part()]), whole(head, [text, file_part()])


@case("evasion-second-transfer-encoding")
def _():
    """7bit to one reader, base64 to another."""
    head, text = top("two-encodings")
    twice = file_part().replace(b"Content-Transfer-Encoding: ", b"Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: ", 1)
    return whole(head, [text, twice]), whole(head, [text, file_part()])


@case("evasion-part-in-preamble")
def _():
    """A part before the first delimiter, below a delimiter of its own."""
    head, text = top("preamble")
    hidden = b"--early" + CRLF + file_part() + CRLF + b"--early--" + CRLF
    return head + CRLF + CRLF + hidden + multipart([text], BOUND), whole(head, [text, file_part()])


@case("evasion-delimiter-behind-bare-cr")
def _():
    """A delimiter after a bare CR starts a part for those who take CR for a line end."""
    head, text = top("cr-delimiter")
    inside = text + b"\r--" + BOUND.encode() + CRLF + file_part()
    return whole(head, [inside]), whole(head, [text, file_part()])


@case("evasion-other-boundary-in-body")
def _():
    """The delimiters are not those of the parameter: a text to one reader, parts to another."""
    head, text = top("mismatch")
    return whole(head, [text, file_part()], "----other" + BOUND), whole(head, [text, file_part()])


@case("evasion-no-boundary-parameter")
def _():
    """A multipart without a boundary parameter, with delimiters all the same."""
    head, text = top("no-boundary", "multipart/mixed")
    honest, _ = top("no-boundary")
    return whole(head, [text, file_part()]), whole(honest, [text, file_part()])


@case("evasion-boundary-in-segments")
def _():
    """The boundary in RFC 2231 segments beside a plain one that also works."""
    head, text = top("boundary-2231", 'multipart/mixed; boundary*0="u8Wq2kT0"; boundary*1="xPz41mVd"; boundary="decoy"')
    honest, _ = top("boundary-2231")
    decoy = b"--decoy" + CRLF + text + CRLF + b"--decoy--" + CRLF
    return head + CRLF + CRLF + decoy + multipart([text, file_part()], BOUND), whole(honest, [text, file_part()])


@case("evasion-container-in-base64")
def _():
    """A whole multipart in base64, which RFC 2045 forbids and some undo."""
    head, text = top("container")
    inner = multipart([text, file_part()], "innen7d2")
    coded = part([("Content-Type", 'multipart/mixed; boundary="innen7d2"'), ("Content-Transfer-Encoding", "base64")], b64(inner))
    return whole(head, [text, coded]), whole(head, [text, part([("Content-Type", 'multipart/mixed; boundary="innen7d2"')], inner)])


@case("evasion-message-in-pieces")
def _():
    """message/partial: the attachment is spread over several messages, none of which holds it."""
    head, text = top("partial", 'message/partial; id="f7a1@honsha.example.co.jp"; number=1; total=2')
    inner = CRLF.join([b"Content-Type: multipart/mixed; boundary=" + BOUND.encode(), b"", b"--" + BOUND.encode(), text + CRLF + b"--" + BOUND.encode(), file_part()[:200]])
    honest, _ = top("partial")
    return head + CRLF + CRLF + inner + CRLF, whole(honest, [text, file_part()])


@case("evasion-sixty-levels-deep")
def _():
    """The attachment lies deeper than anybody opens."""
    head, text = top("deep")
    inner = file_part()
    for i in range(60):
        b = "tiefe%02d" % i
        inner = part([("Content-Type", 'multipart/mixed; boundary="%s"' % b)], multipart([inner], b))
    return whole(head, [text, inner]), whole(head, [text, file_part()])


@case("evasion-behind-two-thousand-parts")
def _():
    """The attachment comes after more parts than readers take."""
    head, text = top("many")
    return whole(head, [text] + [CRLF + b"."] * 2005 + [file_part()]), whole(head, [text, file_part()])


@case("evasion-uuencoded-in-text")
def _():
    """A file in the text itself: Outlook shows an attachment, others a text."""
    import binascii
    raw = note("uu", files=[])
    body = b"begin 644 kokyaku.csv\r\n" + b"".join(binascii.b2a_uu(LIST[i:i + 45]).replace(b"\n", CRLF) for i in range(0, len(LIST), 45)) + b"`\r\nend\r\n"
    head, text = top("uu")
    return raw + CRLF + body, whole(head, [text, file_part()])


@case("evasion-line-ends-mixed-in-delimiters")
def _():
    """One delimiter ends its lines in LF alone, as a filter left it."""
    head, text = top("lf")
    raw = whole(head, [text, file_part()])
    second = CRLF + b"--" + BOUND.encode() + CRLF + b"Content-Type: text/csv" + CRLF
    return swap(raw, second, second.replace(CRLF, b"\n")), raw


# ---- what real programs do: a remark, and nothing is hidden

@case("sloppy-missing-closing-delimiter")
def _():
    """A transfer that stopped before the closing delimiter."""
    head, text = top("unended")
    raw = whole(head, [text, file_part()])
    return raw[:-len("--%s--\r\n" % BOUND)], raw


@case("sloppy-list-footer-after-base64")
def _():
    """A list manager adds its footer after the closing delimiter."""
    head, text = top("footer")
    raw = whole(head, [text, file_part()])
    return raw + b"_______________________________________________\r\nkouryu mailing list\r\nkouryu@ml.honsha.example.co.jp\r\n", raw


@case("sloppy-cr-only")
def _():
    """An export of an old Macintosh program: every line ends in CR alone."""
    raw = note("mac", becky, files=[])
    return raw.replace(CRLF, b"\r"), raw


@case("evasion-colon-on-the-next-line")
def _():
    """The name of the field on one line, its colon on the next."""
    raw = swap(note("folded-name"), "\r\nSubject: ", "\r\nCc: %s\r\nSubject: " % DROP)
    return swap(raw, "\r\nCc: ", "\r\nCc\r\n : "), raw


@case("sloppy-mbox-line-before-header")
def _():
    """A byte order mark and an mbox separator before the first field."""
    raw = note("mbox-line")
    return b"\xef\xbb\xbfFrom miyake@honsha.example.co.jp Thu Oct  5 11:20:48 2023\r\n" + raw, raw


@case("sloppy-content-type-without-a-value")
def _():
    """Stray semicolons and a parameter without a value: libraries give up the type, and with it the parts."""
    head, text = top("no-value", 'multipart/mixed; charset; ; boundary="%s"' % BOUND)
    honest, _ = top("no-value")
    return whole(head, [text, file_part()]), whole(honest, [text, file_part()])


@case("sloppy-junk-inside-base64")
def _():
    """Octets that are not base64 in the middle: some decoders stop, some skip them."""
    head, text = top("junk")
    p = file_part()
    cut_at = p.index(CRLF + CRLF) + 44
    return whole(head, [text, p[:cut_at] + b"*** page 2 ***" + CRLF + p[cut_at:]]), whole(head, [text, p])


@case("evasion-unknown-transfer-encoding")
def _():
    """An encoding that nobody registered: a file to some, noise to others."""
    head, text = top("x-enc")
    return whole(head, [text, file_part(encoding="base64").replace(b"Encoding: base64", b"Encoding: x-base64-compat")]), whole(head, [text, file_part()])


@case("sloppy-text-after-closing-boundary")
def _():
    """A list of customers as bare text after the closing delimiter, where no reader that follows the RFC looks."""
    head, text = top("tail")
    raw = whole(head, [text, file_part('filename="mitsumori.pdf"', "application/pdf", pdf("Quotation"))])
    return raw + "\r\n池上 正 090-5550-0123\r\n前川 翔 090-5550-0124\r\n後閑 誠 090-5550-0125\r\n".encode(), raw
