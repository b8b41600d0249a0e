"""Links: rewritten by protectors, counted by newsletters, shown by another text than their target's host, shared folders."""

from ordinary.kit import P, Theme, apple, exchange, gmail, mutt, outlook, thunderbird

T = Theme("links", "Links", ["asanagi-kenkyu.example.jp"], "2025-06-16 08:44:30", partners=["kyodo-lab.example"])
D = "asanagi-kenkyu.example.jp"
FUJI = P("藤代 彩", "fujishiro@" + D)
DOI = P("土井 修", "doi.osamu@" + D)
OUT = P("Iain Yester", "iain@yester-consulting.example.com")
LAB = P("共同研究室 様", "office@kyodo-lab.example")
SAFE = "https://jpn01.safelinks.protection.outlook.com/?url=%s&amp;data=05%%7C02%%7Cexample%%7C00417&amp;sdata=EXAMPLE%%3D&amp;reserved=0"


def page(*paragraphs):
    return "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=%s\"></head><body>" + "".join("<p>%s</p>" % p.replace("%", "%%") for p in paragraphs).replace("%%", "%") + "</body></html>"


def link(target, shown):
    return '<a href="%s">%s</a>' % (target, shown)


def quoted(inner):
    return '<blockquote style="border-left:solid #B5C4DF 1.5pt">%s</blockquote>' % inner


HTML = exchange
T("safe-links-in-a-reply", "The quotation holds links that the protector of ours rewrote when they came in: shown and meant host are the same.", HTML, FUJI, OUT, "RE: Slides", "Iain,\n\nthank you, I have them.\n\nAya\n", charset="utf-8",
  html=page("Iain,", "thank you, I have them.", quoted("<b>From:</b> Iain Yester<br>The slides are at " + link(SAFE % "https%3A%2F%2Fwww.yester-consulting.example.com%2Fslides", "https://www.yester-consulting.example.com/slides"))))
T("safe-links-in-new-text", "She passes such a link on above the quotation.", HTML, FUJI, LAB, "FW: Slides", "資料のURLです。\nhttps://www.yester-consulting.example.com/slides\n", charset="utf-8",
  html=page("資料のURLです。", link(SAFE % "https%3A%2F%2Fwww.yester-consulting.example.com%2Fslides", "https://www.yester-consulting.example.com/slides")))
T("safe-links-of-our-own-site", "A link to our own site, rewritten: the target below is ours.", HTML, FUJI, OUT, "RE: Directions", "https://www.%s/access/\n" % D, charset="utf-8", html=page("Directions:", link(SAFE % ("https%3A%2F%2Fwww." + D + "%2Faccess%2F"), "https://www.%s/access/" % D)))
T("urldefense-v3", "Proofpoint's URLDefense (v3) in a quotation.", HTML, DOI, OUT, "RE: Agenda", "Fine with me.\n", charset="utf-8", html=page("Fine with me.", quoted(link("https://urldefense.com/v3/__https://www.yester-consulting.example.com/agenda__;!!EXAMPLE!EXAMPLEexample$", "www.yester-consulting.example.com/agenda"))))
T("urldefense-v2", "And its older form.", HTML, DOI, OUT, "RE: Agenda (2)", "Fine.\n", charset="utf-8", html=page("Fine.", link("https://urldefense.proofpoint.com/v2/url?u=https-3A__www.yester-2Dconsulting.example.com_agenda&amp;d=DwMF&amp;c=EXAMPLE&amp;r=EXAMPLE&amp;m=EXAMPLE&amp;s=EXAMPLE&amp;e=", "www.yester-consulting.example.com/agenda")))
T("google-redirect", "Google's redirector, as its documents paste it.", gmail, FUJI, LAB, "参考ページ", "参考まで。\nhttps://www.kyodo-lab.example/method\n", html='<div dir="ltr">参考まで。<br>' + link("https://www.google.com/url?q=https://www.kyodo-lab.example/method&amp;sa=D&amp;source=docs&amp;ust=1750000000000000&amp;usg=EXAMPLE", "https://www.kyodo-lab.example/method") + "</div>")
T("shown-text-is-no-host", "ここをクリック shows no host at all.", HTML, FUJI, LAB, "アンケートのお願い", "アンケートにご協力ください。\n", charset="utf-8", html=page("アンケートにご協力ください。", link("https://forms.%s/417" % D, "こちらをクリック")))
T("shown-host-without-www", "Shown without www, linked with it.", HTML, FUJI, OUT, "Our site", "asanagi-kenkyu.example.jp\n", charset="utf-8", html=page("More at " + link("https://www.%s/en/" % D, D)))
T("shown-http-linked-https", "Shown with http, linked with https and a slash.", HTML, DOI, OUT, "Paper", "http://www.kyodo-lab.example/paper\n", charset="utf-8", html=page(link("https://www.kyodo-lab.example/paper/", "http://www.kyodo-lab.example/paper")))
T("shown-shortened-with-dots", "The shown address is cut with an ellipsis.", HTML, DOI, LAB, "測定結果", "結果です。\n", charset="utf-8", html=page("結果です。", link("https://data.%s/2025/06/16/run-417/result.html" % D, "https://data.%s/2025/06/..." % D)))
T("shown-mail-address", "An address as link text over mailto:.", HTML, FUJI, OUT, "Contact", "Please write to fujishiro@%s.\n" % D, charset="utf-8", html=page("Please write to " + link("mailto:fujishiro@%s" % D, "fujishiro@%s" % D) + "."))
T("outlook-links-mail-addresses-as-http", "An old editor links info@ as a web page of the same host.", HTML, FUJI, OUT, "Contact again", "info@%s\n" % D, charset="utf-8", html=page(link("http://info@%s/" % D, "info@%s" % D)))
T("file-name-that-looks-like-a-host", "report.docx and README.md are files, though .md is a country.", HTML, DOI, LAB, "ファイル名の件", "README.md と report.zip を見てください。\n", charset="utf-8", html=page("次の2つを見てください。", link("https://git.%s/kyodo/README.md" % D, "README.md"), link("https://git.%s/kyodo/report.zip" % D, "report.zip")))
T("sentence-with-a-host-inside", "A sentence as link text that speaks of another site.", HTML, FUJI, LAB, "記事のご紹介", "記事です。\n", charset="utf-8", html=page(link("https://www.%s/news/417" % D, "土井が kyodo-lab.example との共同研究について語りました（全文を読む）")))
T("telephone-link", "A telephone number over tel:.", HTML, FUJI, OUT, "My number", "+81 3 0000 0417\n", charset="utf-8", html=page(link("tel:+81300000417", "+81 3 0000 0417")))
T("anchor-inside-the-page", "Anchors that stay within the message.", HTML, FUJI, LAB, "目次付きのお知らせ", "1. 概要\n2. 日程\n", charset="utf-8", html=page(link("#s1", "1. 概要"), link("#s2", "2. 日程"), "<a name=\"s1\"></a>概要です。", "<a name=\"s2\"></a>日程です。"))
T("newsletter-click-counter", "A newsletter's links go by our own counter, and the shown host is ours as well.", HTML, P("あさなぎ研究所", "news@" + D), OUT, "Newsletter June", "https://www.%s/news/\n" % D, charset="utf-8", html=page(link("https://click.%s/c/417/abcdef" % D, "www.%s/news" % D), link("https://click.%s/c/417/unsub" % D, "unsubscribe")))
T("logo-linked-to-our-site", "A picture as link.", HTML, FUJI, OUT, "Greetings", "Best regards\n", charset="utf-8", html=page("Best regards", '<a href="https://www.%s/"><img src="https://www.%s/logo.png" alt="asanagi-kenkyu"></a>' % (D, D)))
T("social-icons", "Icons of social networks in the signature.", HTML, FUJI, OUT, "Re: Greetings", "Thanks\n", charset="utf-8", html=page("Thanks", '<a href="https://www.facebook.com/example"><img src="cid:fb" alt="Facebook"></a> <a href="https://www.linkedin.com/company/example">LinkedIn</a> <a href="https://x.com/example">X</a>'))
T("doi-and-orcid", "A DOI and an ORCID, each shown as it is linked.", thunderbird, DOI, OUT, "References", "https://doi.org/10.0000/example.417\nhttps://orcid.org/0000-0000-0000-0000\n", html="<html><body>" + link("https://doi.org/10.0000/example.417", "https://doi.org/10.0000/example.417") + "<br>" + link("https://orcid.org/0000-0000-0000-0000", "0000-0000-0000-0000") + "</body></html>")
T("japanese-domain-shown-in-kanji", "A Japanese domain: shown in kanji, linked in its A-label.", HTML, FUJI, LAB, "サイト移転", "新しいサイトです。\n", charset="utf-8", html=page(link("https://xn--fsq.example/", "https://例.example/")))
T("angle-brackets-after-text", "Outlook's plain text writes the target in angle brackets behind the words.", outlook, FUJI, LAB, "地図", "地図はこちら<https://www.%s/access/>です。\n" % D, charset="iso-2022-jp")
T("long-url-broken-by-the-editor", "A URL of three lines in plain text.", mutt, DOI, OUT, "that link", "See\nhttps://data.%s/cgi-bin/query.cgi?from=2025-06-01&to=2025-06-16&channel=\n17&format=csv&token=none&sort=asc\n\nOsamu\n" % D, charset="us-ascii")
T("shared-folder-to-one-partner", "A folder of a file-sharing service to one partner: marked at most.", gmail, DOI, LAB, "共有フォルダのご案内", "測定データを下記フォルダに置きました。\nhttps://drive.google.com/drive/folders/EXAMPLEexampleEXAMPLE417?usp=sharing\n")
T("onedrive-link-card", "Outlook's cloud attachment is a link in the text, and announced.", HTML, FUJI, OUT, "Draft report", "The draft is attached as a link.\nhttps://asanagi-my.sharepoint.com/:w:/g/personal/fujishiro/EXAMPLE\n", charset="utf-8", html=page("The draft is attached as a link.", link("https://asanagi-my.sharepoint.com/:w:/g/personal/fujishiro/EXAMPLE", "Draft report.docx")))
T("box-upload-request", "She asks the other side to upload.", HTML, FUJI, OUT, "Upload, please", "Please upload the pictures here:\nhttps://asanagi.app.box.com/f/EXAMPLE417\n", charset="utf-8")
T("map-and-hotel", "Links to a map and to a hotel.", apple, FUJI, OUT, "Hotel", "https://maps.app.goo.gl/EXAMPLE417\nhttps://hotel.example/booking/417\n")
T("link-to-a-bank-page-as-news", "A press report about a bank's page, the title as link text.", HTML, DOI, LAB, "注意喚起の記事", "記事です。\n", charset="utf-8", html=page(link("https://www.news.example/2025/06/phishing", "みどり銀行をかたるフィッシングに注意（ニュース）")))
