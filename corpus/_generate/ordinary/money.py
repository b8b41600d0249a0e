"""Money and goods: offers, orders, invoices with bank accounts, receipts, parcels. Many numbers, none of them anybody's own."""

from ordinary.kit import A, P, Theme, apple, becky, csv, docx, exchange, gmail, mutt, outlook, pdf, php, thunderbird, xlsx

T = Theme("money", "Offers, orders, invoices, parcels", ["midori-bunka.example.jp"], "2025-01-14 09:12:00")
D = "midori-bunka.example.jp"
SALES = P("みどり文化堂 営業 有村", "arimura@" + D)
BOOKS = P("経理課 保坂", "keiri@" + D)
SHOP = P("みどり文化堂オンラインショップ", "shop@" + D)
BUYER = P("株式会社北辰 購買部 様", "koubai@hokushin.example")
PERSON = P("", "customer.ex740@gmail.com")
ABROAD = P("Lorna Urquharte", "accounts@urquharte-books.example.com")

T("invoice-with-bank-account", "An invoice with the company's own bank account, where the money is to go.", outlook, BOOKS, BUYER, "【請求書】1月分 (No.20250114-0417)", """
株式会社北辰 購買部 御中

平素よりお世話になっております。
1月分の請求書を添付いたします。下記口座へ1月31日までにお振込みください。

請求金額　　128,700円（税込）
振込先　　　みどり銀行　本店営業部（001）　普通　0004170
口座名義　　カ）ミドリブンカドウ
登録番号　　T0000000000000

恐れ入りますが振込手数料はご負担ください。
""", charset="iso-2022-jp", files=[A("請求書_202501_0417.pdf", pdf("Invoice 20250114-0417"))])
T("invoice-two-banks", "Two accounts to choose from and the post office's.", thunderbird, BOOKS, BUYER, "お振込先のご案内", "お振込先は下記のとおりです。\n\n・みどり銀行 本店 普通 0004170\n・きた信用金庫 駅前支店 当座 0041700\n・ゆうちょ銀行 記号00000 番号0417000\n\n名義はいずれも「カ）ミドリブンカドウ」です。\n")
T("invoice-iban", "An invoice abroad with IBAN and BIC.", gmail, BOOKS, ABROAD, "Invoice MB-2025-0417", "Dear Ms Urquharte,\n\nplease remit GBP 1,240.00 within 30 days to\n\nMidori Bank, Tokyo\nBIC/SWIFT: MDRIJPJTXXX\nAccount no.: 001-0004170\n(IBAN for payments in EUR: DE00 0000 0000 0000 0000 00)\n\nThe invoice is attached.\n", files=[A("MB-2025-0417.pdf", pdf("Invoice MB-2025-0417"))])
T("order-with-long-numbers", "Order, customer and JAN numbers of twelve and thirteen digits.", outlook, SALES, P("", "order@toritsugi.example"), "発注書 4503-982-0417", "下記のとおり発注いたします。\n\n発注番号　450398200417\n得意先コード　0041700082\n\nISBN 978-4-0000-0417-9　20冊\nJAN 4900000004170　5箱\nJAN 4912345678904　10箱\n\n納期　1月24日必着\n", charset="iso-2022-jp")
T("price-list-in-text", "A price list of thirty articles in the text.", becky, SALES, BUYER, "文具価格表（2025年1月）", "価格表をお送りします。\n\n" + "\n".join("MB-%05d  ノート%s  %5d円  JAN49000000%05d" % (41700 + i, "ABCDE"[i % 5], 120 + i * 15, i * 7919 % 100000) for i in range(30)))
T("price-list-workbook", "A price list of 400 articles as a workbook: numbers, and no people.", exchange, SALES, BUYER, "価格表の改定", "1月改定の価格表を添付いたします。\n", charset="utf-8", files=[A("価格表_202501.xlsx", xlsx([["品番", "品名", "単価", "JAN"]] + [["MB-%05d" % (41700 + i), "ノート A%d" % (i % 9), str(120 + i), "49%011d" % (i * 7919)] for i in range(400)]))])
T("quotation-csv", "An estimate as CSV.", thunderbird, SALES, BUYER, "お見積り（CSV）", "ご指定の形式でお見積りデータを添付します。\n", files=[A("mitsumori_0417.csv", csv([["行", "品番", "数量", "単価", "金額"]] + [[str(i), "MB-%05d" % i, "10", "120", "1200"] for i in range(1, 60)]))])
T("order-confirmation-of-shop", "A shop confirms an order to its buyer: one name, one address, her own.", php, SHOP, PERSON, "ご注文ありがとうございます（注文番号 0041-7008-2553）", """
例田 花子 様

ご注文ありがとうございます。

注文番号：0041-7008-2553
お届け先：〒251-0000 神奈川県藤沢市例町1-2-3　例田 花子 様
電話番号：0466-00-0000
お支払い方法：クレジットカード（**** **** **** 0417）

商品　万年筆インク（緑）　1個　1,650円
送料　550円
合計　2,200円
""", charset="iso-2022-jp", env=("shop@" + D, [PERSON.address]))
T("parcel-shipped", "A parcel's number of twelve digits, and the link to follow it.", php, SHOP, PERSON, "【みどり文化堂】商品を発送しました", "本日、商品を発送いたしました。\n\n配送会社：みどり運輸\nお問い合わせ番号：4170-0825-5309\nhttps://track.midori-unyu.example/?no=417008255309\n", charset="iso-2022-jp", env=("shop@" + D, [PERSON.address]))
T("parcel-numbers-of-a-day", "Forty parcel numbers to the carrier: numbers, no receivers.", outlook, SHOP, P("", "shuka@midori-unyu.example"), "本日の出荷（40口）", "本日の送り状番号です。\n\n" + "\n".join("4170-%04d-%04d" % (8255 + i, i * 7919 % 10000) for i in range(40)), charset="iso-2022-jp")
T("tracking-numbers-with-check-digits", "Sixteen-digit article numbers, some of which pass Luhn's test by chance; no word of a card beside them.", thunderbird, SALES, P("", "stock@toritsugi.example"), "ロット番号一覧", "ロット番号をお送りします。\n\n" + "\n".join("LOT %016d  数量 %d" % (4170082553091204 + i * 1000003, 10 + i) for i in range(25)))
T("masked-card-number", "The last four digits of a card and nothing else.", exchange, SHOP, PERSON, "お支払いカードの有効期限について", "ご登録のカード（VISA 下4桁 0417）の有効期限が近づいています。\nマイページから更新をお願いいたします。\n", charset="utf-8")
T("receipt-to-buyer", "A receipt in PDF to the one who paid.", gmail, BOOKS, PERSON, "領収書の送付", "例田様\n\n領収書を添付いたします。\n", files=[A("領収書_20250115.pdf", pdf("Receipt"))])
T("payment-reminder", "A polite reminder of an invoice.", outlook, BOOKS, BUYER, "ご入金のご確認のお願い", "12月分のご入金がまだ確認できておりません。\n行き違いでしたらご容赦ください。\n\n請求番号 20241215-0398　金額 64,900円\n", charset="iso-2022-jp")
T("remittance-advice", "A list of the payments of a day to one supplier.", apple, BOOKS, P("", "ar@toritsugi.example"), "お支払通知（1/31）", "1月31日に下記の金額をお振込みいたします。\n\n12月分　450,000円\n値引き　-1,200円\n差引　　448,800円\n")
T("account-change-of-ours", "Our own account has changed; From, Reply-To and everything else are ours.", exchange, BOOKS, BUYER, "振込口座変更のお知らせ", "取引銀行の統合に伴い、3月以降のお振込先が変わります。\n変更届（捺印済み）を郵送いたしますので、到着後にお手続きください。\n", charset="utf-8")
T("offer-in-english", "An offer in English with part numbers.", mutt, SALES, ABROAD, "Offer 25-0417", "Dear Lorna,\n\n  P/N 00417-0082-55   120 pcs   GBP 3.20\n  P/N 00417-0083-09    40 pcs   GBP 5.10\n  HS code 4820.10.00\n\nValid until 28 February 2025, EXW Tokyo.\n\nBest regards\nArimura\n", charset="us-ascii")
T("purchase-order-english", "A purchase order in PDF and its number in the text.", outlook, SALES, ABROAD, "PO 4500417082", "Please find our purchase order 4500417082 attached. Kindly confirm within two days.\n", charset="us-ascii", files=[A("PO_4500417082.pdf", pdf("Purchase order 4500417082"))])
T("customs-invoice", "Papers for the customs: EORI, AWB number, weights.", thunderbird, SALES, P("", "customs@forwarder.example.net"), "Shipping documents AWB 000-0041 7082", "Dear all,\n\nAWB 000-0041 7082, 4 cartons, 61.2 kg.\nShipper's EORI: GB000000000000\nInvoice and packing list attached.\n", files=[A("CI_0417.pdf", pdf("Commercial invoice")), A("PL_0417.pdf", pdf("Packing list"))])
T("stock-inquiry", "A question about stock with two JAN numbers.", apple, SALES, P("", "stock@toritsugi.example"), "在庫のお問い合わせ", "JAN 4900000004170 と 4900000004187 の在庫はありますか。\n")
T("subscription-renewal", "A customer number and a renewal.", php, SHOP, P("", "customer.ex741@yahoo.co.jp"), "定期購読更新のご案内", "お客様番号：00041700825\n更新期限：2025年2月28日\n\n更新はマイページからお願いいたします。\n", charset="iso-2022-jp", env=("shop@" + D, ["customer.ex741@yahoo.co.jp"]))
T("book-catalogue-mail", "A newsletter in HTML with pictures from our server to one reader.", exchange, P("みどり文化堂", "news@" + D), P("", "customer.ex742@icloud.com"), "新刊のご案内 1月号", "新刊のご案内です。\n", charset="utf-8",
  html='<html><body><table width="600"><tr><td><img src="https://www.%s/mm/0115.png?u=417" alt="新刊"></td></tr><tr><td><a href="https://www.%s/c?u=417&amp;l=1">春の写真集</a> <a href="https://www.%s/off?u=417">配信停止</a></td></tr></table></body></html>' % (D, D, D), extra=[("List-Unsubscribe", "<https://www.%s/off?u=417>" % D), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")])
T("contract-number-insurance", "Policy numbers of an insurance, the company's own.", outlook, BOOKS, P("", "agent@hoken.example"), "保険証券番号の件", "証券番号 K0417-0082553 の更新をお願いいたします。\n被保険者は当社です。\n", charset="iso-2022-jp")
T("tax-office-corporate-number", "A corporate number of thirteen digits is public.", thunderbird, BOOKS, BUYER, "インボイス登録番号のご連絡", "当社の適格請求書発行事業者登録番号は T0123456789012（法人番号 0123456789012）です。\n")
