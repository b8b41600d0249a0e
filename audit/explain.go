package audit

import "maillint/lint"

// explained is what people read about each finding, worst first.
var explained = []lint.Meta{
	{
		ID: sharedTarget, Severity: lint.Critical,
		Title: lint.Text{En: "several mailboxes forward to one address outside", Ja: "複数のメールボックスが同じ外部アドレスへ転送している"},
		Why:   lint.Text{En: "People rarely choose the same foreign mailbox. In 2018, 29 mailboxes of a university sent all mail to three addresses, set by attackers.", Ja: "別々の人が同じ外部アドレスを選ぶことはまれです。2018年、ある大学では29のメールボックスが攻撃者によって三つのアドレスへ転送されていました。"},
		Fix:   lint.Text{En: "Reset the passwords and end the sessions of these accounts first, then remove the settings and block the target.", Ja: "まず該当アカウントのパスワードを変更してセッションを切り、設定を削除し、転送先をブロックしてください。"},
	},
	{
		ID: changesBurst, Severity: lint.Critical,
		Title: lint.Text{En: "several mailboxes were changed one after the other from one address", Ja: "一つの接続元から複数のメールボックスの設定が続けて変更された"},
		Why:   lint.Text{En: "Whoever holds stolen passwords sets up forwarding mailbox by mailbox.", Ja: "盗んだパスワードを持つ者は、メールボックスを順に設定していきます。"},
		Fix:   lint.Text{En: "Ask who sits behind the address; reset the accounts and remove each change.", Ja: "接続元を確認し、アカウントを復旧して変更を一つずつ取り消してください。"},
	},
	{
		ID: tenantForward, Severity: lint.Critical,
		Title: lint.Text{En: "a rule of the whole organisation sends mail outside, or forwarding is allowed for all", Ja: "組織全体の規則がメールを外部へ送る、または自動転送が全体に許可されている"},
		Why:   lint.Text{En: "One transport rule or route copies everybody's mail; no mailbox shows it.", Ja: "一つの規則や経路で全員のメールが複製されますが、個々のメールボックスには表れません。"},
		Fix:   lint.Text{En: "Find out who made it and why; disable it until that is known.", Ja: "誰が何のために作ったかを確かめ、わかるまで無効にしてください。"},
	},
	{
		ID: catchAll, Severity: lint.High,
		Title: lint.Text{En: "a whole domain leads outside", Ja: "ドメイン全体のメールが外部へ送られる"},
		Why:   lint.Text{En: "Mail to any address of the domain leaves, mistyped and confidential ones too.", Ja: "宛先の誤りや機密のものも含め、そのドメイン宛てのメールがすべて外へ出ます。"},
		Fix:   lint.Text{En: "Name the addresses that shall be forwarded, or remove the entry.", Ja: "転送するアドレスだけを書くか、項目を削除してください。"},
	},
	{
		ID: withoutCopy, Severity: lint.High,
		Title: lint.Text{En: "forwarded mail is not kept in the mailbox", Ja: "転送したメールがメールボックスに残らない"},
		Why:   lint.Text{En: "The owner does not see what left, and nobody can look it up afterwards.", Ja: "何が外へ出たかを本人が見られず、後から調べることもできません。"},
		Fix:   lint.Text{En: "Remove the forwarding, or keep a copy.", Ja: "転送をやめるか、メールボックスに残すようにしてください。"},
	},
	{
		ID: andHide, Severity: lint.High,
		Title: lint.Text{En: "forwarded mail is deleted, marked as read or moved away", Ja: "転送したメールが削除・既読・移動される"},
		Why:   lint.Text{En: "A rule that hides what it sends on was made by somebody who did not want to be seen.", Ja: "送った跡を隠す規則は、見られたくない者が作ったものです。"},
		Fix:   lint.Text{En: "Ask the owner; if they do not know the rule, treat the account as taken over.", Ja: "本人に確認し、心当たりがなければ乗っ取られたアカウントとして扱ってください。"},
	},
	{
		ID: lookalikeTo, Severity: lint.High,
		Title: lint.Text{En: "the target's domain is a slip of a known one", Ja: "転送先のドメインが著名なドメインの打ち間違いである"},
		Why:   lint.Text{En: "Mistyped domains such as gmai.com are registered and take all mail.", Ja: "gmai.com のような打ち間違いのドメインは登録されていて、メールを受け取ります。"},
		Fix:   lint.Text{En: "Correct the address with its owner.", Ja: "本人と確認してアドレスを直してください。"},
	},
	{
		ID: keywordFilter, Severity: lint.High,
		Title: lint.Text{En: "mail about money or passwords leaves or is hidden", Ja: "金銭やパスワードに関するメールが外へ送られる、または隠される"},
		Why:   lint.Text{En: "Filters for invoices and payments prepare a fraud.", Ja: "請求や振込を選び出す規則は、詐欺の準備です。"},
		Fix:   lint.Text{En: "Ask the owner, and warn whoever pays bills.", Ja: "本人に確認し、支払いの担当者に注意を促してください。"},
	},
	{
		ID: everything, Severity: lint.High,
		Title: lint.Text{En: "a rule without a real condition sends all mail on", Ja: "条件のない規則がすべてのメールを送っている"},
		Why:   lint.Text{En: "A condition that all mail fits only looks like one.", Ja: "すべてのメールに当てはまる条件は、条件のように見えるだけです。"},
		Fix:   lint.Text{En: "Remove the rule, or give it the condition that was meant.", Ja: "規則を削除するか、本来の条件を付けてください。"},
	},
	{
		ID: hiddenRule, Severity: lint.High,
		Title: lint.Text{En: "a rule that its owner does not see", Ja: "本人に見えない規則"},
		Why:   lint.Text{En: "Hidden rules are made with tools; no mail program makes one that forwards.", Ja: "隠された規則は専用の道具で作られます。"},
		Fix:   lint.Text{En: "Remove it, and treat the account as taken over.", Ja: "削除し、乗っ取られたアカウントとして扱ってください。"},
	},
	{
		ID: obscureName, Severity: lint.High,
		Title: lint.Text{En: "a risky rule has a name that says nothing", Ja: "危険な規則に意味のない名前が付いている"},
		Why:   lint.Text{En: "Names such as \".\" are meant to be overlooked.", Ja: "「.」のような名前は見落とされるように付けられています。"},
		Fix:   lint.Text{En: "Ask the owner what the rule is for.", Ja: "何のための規則か、本人に確認してください。"},
	},
	{
		ID: externalFwd, Severity: lint.Warning,
		Title: lint.Text{En: "a setting sends mail outside the organisation", Ja: "設定によりメールが組織の外へ送られる"},
		Why:   lint.Text{En: "Mail leaves without anybody deciding about the single message.", Ja: "一通ごとの判断なしにメールが外へ出ます。"},
		Fix:   lint.Text{En: "Have it approved with a reason and an end (--baseline), or remove it.", Ja: "理由と期限を付けて承認する（--baseline）か、削除してください。"},
	},
	{
		ID: mailHiding, Severity: lint.High,
		Title: lint.Text{En: "mail is hidden from its owner", Ja: "メールが本人から隠されている"},
		Why:   lint.Text{En: "Whoever writes from a mailbox taken over hides the answers.", Ja: "乗っ取ったメールボックスから送る者は、返信を隠します。"},
		Fix:   lint.Text{En: "Ask the owner; if they do not know the rule, treat the account as taken over.", Ja: "本人に確認し、心当たりがなければ乗っ取られたアカウントとして扱ってください。"},
	},
	{
		ID: delegateExt, Severity: lint.Warning,
		Title: lint.Text{En: "somebody outside may read the mailbox or send from it", Ja: "組織外の者がメールボックスを読める、または送信できる"},
		Why:   lint.Text{En: "A delegate needs no forwarding to read all mail.", Ja: "代理人は転送なしに全メールを読めます。"},
		Fix:   lint.Text{En: "Confirm it with the owner, or remove the delegate.", Ja: "本人に確認するか、代理人を削除してください。"},
	},
	{
		ID: pipeInclude, Severity: lint.Warning,
		Title: lint.Text{En: "a program gets the mail, or more settings stand in another file", Ja: "プログラムがメールを受け取る、または別のファイルに設定が続いている"},
		Why:   lint.Text{En: "What a program does with mail, and what that file holds, was not looked at.", Ja: "プログラムの動作や別ファイルの内容は調べられていません。"},
		Fix:   lint.Text{En: "Look at the program; add the file to the audit.", Ja: "プログラムを確認し、ファイルを監査に加えてください。"},
	},
	{
		ID: unresolvedTo, Severity: lint.Warning,
		Title: lint.Text{En: "the export does not tell where mail goes", Ja: "エクスポートからは転送先がわからない"},
		Why:   lint.Text{En: "A directory object may be a contact outside.", Ja: "ディレクトリのオブジェクトは外部の連絡先かもしれません。"},
		Fix:   lint.Text{En: "Add exports of mailboxes and contacts, or export lists as text.", Ja: "メールボックスと連絡先のエクスポートを加えるか、一覧を文字列として出力してください。"},
	},
	{
		ID: ruleChanged, Severity: lint.Info,
		Title: lint.Text{En: "the log tells of a change and not what it was", Ja: "ログに変更の内容が書かれていない"},
		Why:   lint.Text{En: "Outlook writes rules anew, and the log leaves their content out.", Ja: "Outlook が規則を書き直すと、ログに内容が残りません。"},
		Fix:   lint.Text{En: "Export the mailbox's rules.", Ja: "そのメールボックスの規則をエクスポートしてください。"},
	},
	{
		ID: emptyExport, Severity: lint.Warning,
		Title: lint.Text{En: "nothing was exported", Ja: "何もエクスポートされていない"},
		Why:   lint.Text{En: "An empty file says nothing about forwarding: it is not clean.", Ja: "空のファイルからは転送の有無はわかりません。"},
		Fix:   lint.Text{En: "Repeat the export with an account that may see all mailboxes.", Ja: "すべてのメールボックスを見られる権限で、エクスポートをやり直してください。"},
	},
}

// Explain gives the texts about the findings, as rules that a report can show.
func Explain() []*lint.Rule {
	out := make([]*lint.Rule, len(explained), len(explained)+1)
	for i, m := range explained {
		out[i] = &lint.Rule{Meta: m}
	}
	return append(out, &lint.Rule{Meta: lint.Meta{
		ID: mistypedDomain, Severity: lint.Critical,
		Title: lint.Text{En: "the domain of an address looks like a mistyped one", Ja: "アドレスのドメインが打ち間違いに見える"},
		Why:   lint.Text{En: "Mistyped domains are registered and take all mail.", Ja: "打ち間違いのドメインは登録されていて、メールを受け取ります。"},
		Fix:   lint.Text{En: "Correct the address with its owner.", Ja: "本人と確認してアドレスを直してください。"},
	}})
}
