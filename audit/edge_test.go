package audit

import (
	"slices"
	"strings"
	"testing"

	"maillint/lint"
)

// edges are single files with the rules that must be found (from warning on),
// all of them and no others; "clean", or "unread" for exit 3.
var edges = []struct{ name, file, text, want string }{
	// Exchange.
	{"display name as identity", "rules.csv", "MailboxOwnerId,Identity,Name,Enabled,ForwardTo,RedirectTo\nHanako Yamada,Hanako Yamada\\17,転送,True,drop@evil.test,\n", "external-forward forward-everything"},
	{"department's two letters", "rules.csv", "Identity,Name,Enabled,ForwardTo,RedirectTo,DeleteMessage,MarkAsRead,MoveToFolder,From\na@corp.example\\1,HR,True,,,False,True,a:\\HR,hr@corp.example\n", "clean"},
	{"two letters and outside", "rules.csv", "Identity,Name,Enabled,ForwardTo,RedirectTo,From\na@corp.example\\1,HR,True,x@evil.test,,hr@corp.example\n", "external-forward obscure-rule-name"},
	{"types instead of lists", "rules.csv", "Identity,Name,Enabled,ForwardTo,RedirectTo\na@corp.example\\1,copy,True,System.String[],\n", "unresolved-target"},
	{"a domain that ends like ours", "m.csv", "PrimarySmtpAddress,ForwardingAddress,ForwardingSmtpAddress,DeliverToMailboxAndForward\na@corp.example,,smtp:x@evilcorp.example,True\n", "external-forward"},
	{"upper case, IDN", "m.csv", "PrimarySmtpAddress,ForwardingAddress,ForwardingSmtpAddress,DeliverToMailboxAndForward\na@corp.example,,SMTP:X@CORP.EXAMPLE,True\nb@corp.example,,smtp:x@例え.jp,True\n", "external-forward"},
	{"neither true nor false", "m.csv", "PrimarySmtpAddress,ForwardingAddress,ForwardingSmtpAddress,DeliverToMailboxAndForward\na@corp.example,,smtp:x@evil.test,perhaps\n", "external-forward forward-without-copy"},
	{"hidden rule", "rules.csv", "Identity,Name,Enabled,IsHidden,ForwardTo,RedirectTo,From\na@corp.example\\1,copies,True,True,x@evil.test,,b@corp.example\n", "external-forward hidden-rule"},
	{"archive and read", "rules.csv", "Identity,Name,Enabled,ForwardTo,RedirectTo,DeleteMessage,MarkAsRead,MoveToFolder,From\na@corp.example\\1,bank,True,,,False,True,a:\\RSS 購読,b@bank.example\n", "mail-hiding"},
	{"all mail deleted", "rules.csv", "Identity,Name,Enabled,ForwardTo,RedirectTo,DeleteMessage\na@corp.example\\1,tidy,True,,,True\n", "mail-hiding"},
	{"NUL as condition", "r.json", `[{"Identity":"a@corp.example\\1","Name":"all","Enabled":true,"ForwardTo":["x@evil.test"],"RedirectTo":null,"BodyContainsWords":["\u0000"]}]`, "external-forward forward-everything"},
	{"PowerShell's Graph", "g.json", `[{"UserPrincipalName":"a@corp.example","DisplayName":"x1 copy","IsEnabled":true,"Sequence":1,"Actions":{"ForwardTo":[{"EmailAddress":{"Address":"drop@evil.test","Name":"d"}}],"Delete":null},"Conditions":{"SubjectContains":["project"]}}]`, "external-forward"},
	{"Graph, one page of two", "g.json", `{"@odata.context":"x/users('a%40corp.example')/mailFolders('inbox')/messageRules","@odata.nextLink":"https://graph/2","value":[{"id":"1","displayName":"n","sequence":1,"isEnabled":true,"conditions":{},"actions":{"markAsRead":true}}]}`, "unread"},
	{"Graph, refused", "g.json", `{"responses":[{"id":"a@corp.example","status":403,"body":{"error":{"code":"ErrorAccessDenied","message":"Access is denied."}}}]}`, "unread"},
	{"Graph, a batch", "g.json", `{"responses":[{"id":"a@corp.example","status":200,"body":{"value":[{"id":"1","displayName":"out","sequence":1,"isEnabled":true,"conditions":null,"actions":{"redirectTo":[{"emailAddress":{"address":"x@evil.test"}}]}}]}}]}`, "external-forward forward-everything"},
	{"concatenated", "m.json", `{"UserPrincipalName":"a@corp.example","PrimarySmtpAddress":"a@corp.example","ForwardingAddress":null,"ForwardingSmtpAddress":null,"DeliverToMailboxAndForward":false}{"UserPrincipalName":"b@corp.example","PrimarySmtpAddress":"b@corp.example","ForwardingAddress":null,"ForwardingSmtpAddress":"smtp:x@evil.test","DeliverToMailboxAndForward":true}`, "external-forward"},
	{"address as an object", "m.json", `{"PrimarySmtpAddress":"b@corp.example","ForwardingAddress":null,"ForwardingSmtpAddress":{"SmtpAddress":"x@evil.test","PrefixString":"smtp"},"DeliverToMailboxAndForward":true}`, "external-forward"},
	{"field missing in JSON", "m.json", `[{"PrimarySmtpAddress":"b@corp.example","UserPrincipalName":"b@corp.example","ForwardingAddress":null,"DeliverToMailboxAndForward":true}]`, "unread"},
	{"several exports in one file", "m.csv", "PrimarySmtpAddress,ForwardingAddress,ForwardingSmtpAddress,DeliverToMailboxAndForward\na@corp.example,,,True\nPrimarySmtpAddress,ForwardingAddress,ForwardingSmtpAddress,DeliverToMailboxAndForward\nb@corp.example,,smtp:x@evil.test,True\n", "external-forward"},
	{"log, cut by Excel", "log.csv", "RecordId,CreationDate,RecordType,Operation,UserId,AuditData\n1,x,1,Set-Mailbox,a@corp.example,\"{\"\"Operation\"\":\"\"Set-Mail\"\n", "unread"},
	{"log, AuditData missing", "log.csv", "RecordId,CreationDate,RecordType,Operation,UserId\n1,x,1,Set-Mailbox,a@corp.example\n", "unread"},
	{"Sentinel", "s.json", `{"OfficeWorkload":"Exchange","Operation":"New-InboxRule","UserId":"a@corp.example","ClientIP":"::ffff:203.0.113.4","Parameters":"[{\"Name\":\"Name\",\"Value\":\"copies\"},{\"Name\":\"ForwardTo\",\"Value\":\"x@evil.test\"},{\"Name\":\"From\",\"Value\":\"b@corp.example\"}]"}`, "external-forward"},
	{"Outlook's words", "l.json", `{"Operation":"UpdateInboxRules","UserId":"a@corp.example","MailboxOwnerUPN":"a@corp.example","OperationProperties":[{"Name":"RuleName","Value":"Updates"},{"Name":"RuleActions","Value":"Forward to evil@evil.test"},{"Name":"RuleCondition","Value":"From contains invoice"},{"Name":"RuleOperation","Value":"AddMailboxRule"}]}`, "external-forward keyword-filter"},
	{"policy, a number", "o.json", `{"Name":"Default","AutoForwardingMode":2}`, "tenant-forward"},
	{"screen listing", "t.txt", "Name       ForwardTo\n----       ---------\n.          {drop@evil.test}\n", "unread"},
	{"a column that may be a target", "list.csv", "email,name,redirect address\na@corp.example,A,x@evil.test\n", "unread"},
	{"a list that the screen cut", "l.txt", "Identity      : a@corp.example\\1\nName          : many\nEnabled       : True\nForwardTo     : {b@corp.example, c@corp.example, d@corp.example, e@corp.example...}\nRedirectTo    :\nFrom          : {x@y.example}\n", "unresolved-target"},
	{"an administrator, and somebody's mailbox", "l.json", `{"Operation":"Add-MailboxPermission","Workload":"Exchange","UserId":"admin@corp.example","UserType":2,"Parameters":[{"Name":"Identity","Value":"hanako"},{"Name":"User","Value":"x_evil.test#EXT#@corp.example"}]}`, "delegate-external"},
	// Google.
	{"registered and pending", "a.csv", "User,forwardingEmail,verificationStatus\na@corp.example,x@evil.test,pending\n", "clean"},
	{"on, and no target", "f.csv", "User,forwardEnabled,forwardTo,disposition\na@corp.example,True,,\n", "unread"},
	{"spelt differently", "f.csv", "User,forwardEnabled,forwardTo,disposition\na@corp.example,True,x@evil.test,leaveInInBox\n", "external-forward"},
	{"filters in JSON cells", "f.csv", "User,JSON\na@corp.example,\"{\"\"id\"\":\"\"A\"\",\"\"criteria\"\":{\"\"from\"\":\"\"b@x.example\"\"},\"\"action\"\":{\"\"forward\"\":\"\"x@evil.test\"\"}}\"\n", "external-forward"},
	{"column missing", "f.csv", "User,forwardTo,disposition\na@corp.example,x@evil.test,trash\n", "unread"},
	{"gam report", "r.csv", "name,actor.email,email_forwarding_destination_address,id.time,ipAddress\nemail_forwarding_out_of_domain,a@corp.example,x@evil.test,2026-01-01T00:00:00Z,203.0.113.1\n", "external-forward"},
	{"parameters as an object", "e.json", `{"id":{"applicationName":"user_accounts"},"actor":{"email":"a@corp.example"},"type":"email_forwarding_change","name":"email_forwarding_out_of_domain","parameters":{"email_forwarding_destination_address":"x@evil.test"}}`, "external-forward"},
	// Sieve.
	{"a spam folder", "x.sieve", "require [\"fileinto\",\"imap4flags\"];\nif header :contains \"X-Spam-Flag\" \"YES\" {\n setflag \"\\\\Seen\";\n fileinto \"Junk\";\n stop;\n}\n", "clean"},
	{"kept in the same block", "x.sieve", "if header :contains \"List-Id\" \"staff\" { redirect \"x@evil.test\"; keep; }\n", "external-forward"},
	{"a variable set twice", "x.sieve", "require \"variables\";\nset \"a\" \"b@corp.example\";\nif true { set \"a\" \"x@evil.test\"; }\nif header :is \"x\" \"y\" { redirect \"${a}\"; }\n", "external-forward forward-without-copy"},
	{"quoted in a text block", "x.sieve", "require \"vacation\";\nvacation :subject \"away\" text:\nredirect \"x@evil.test\";\n..\n.\n;\n", "clean"},
	{"not false", "x.sieve", "if not false { redirect \"x@evil.test\"; }\n", "external-forward forward-everything forward-without-copy"},
	{"else", "x.sieve", "require \"copy\";\nif header :is \"a\" \"b\" { keep; } else { redirect :copy \"x@evil.test\"; }\n", "external-forward"},
	{"a list outside", "x.sieve", "require [\"extlists\"];\nif header :is \"a\" \"b\" { redirect :list \"tag:example,2026:staff\"; }\n", "unresolved-target"},
	{"an address in unicode", "x.sieve", "require [\"encoded-character\",\"copy\"];\nif header :is \"a\" \"b\" { redirect :copy \"x${unicode:40}evil.test\"; }\n", "external-forward"},
	{"notify to a chat", "x.sieve", "require \"enotify\";\nnotify \"xmpp:a@corp.example\";\n", "clean"},
	{"a block never closed", "x.sieve", "if true {\n redirect \"x@evil.test\";\n", "unread"},
	{"IMAP names", "x.sieve", "require [\"fileinto\"];\nif header :contains \"Subject\" \"請求\" { fileinto \"&j,dg0TDhMPww6w-\"; }\n", "keyword-filter"},
	// aliases, maps, .forward, procmail, lists.
	{"the idiom of procmail", ".forward", "\"|IFS=' ' && exec /usr/bin/procmail -f- || exit 75 #hanako\"\n", "clean"},
	{"an alias cut off", "aliases", "postmaster: root\nroot: hanako,\n", "unread"},
	{"targets of all kinds", "aliases", "root: \\hanako, /var/mail/root, hanako@corp.example, \"|/usr/bin/vacation hanako\"\nnull: /dev/null\n", "clean"},
	{"a quoted name", "aliases", "\"sales team\": \"drop\"@evil.test, hanako\n", "external-forward"},
	{"blanks between", "virtual", "a@corp.example\ta@corp.example,\tx@evil.test\n", "external-forward"},
	{"a domain handed on", "virtual", "@corp.example  @evil.test\n", "catch-all-forward external-forward forward-without-copy"},
	{"a pattern of ours", "virtual", "/^(.*)@old\\.corp\\.example$/ $1@corp.example\n", "clean"},
	{"a pattern whose domain is open", "virtual", "/^(.*)-at-(.*)@gw\\.corp\\.example$/ ${1}@${2}\n", "unresolved-target"},
	{"hosts is no map", "hosts", "127.0.0.1 localhost\n10.0.0.1 mail.corp.example mail\n", "unread"},
	{"a negated condition", "x.procmailrc", ":0\n* ! ^From:.*@evil.test\n* !drop@evil.test\nmail/in\n", "clean"},
	{"a block of copies", "x.procmailrc", ":0 c\n{\n  :0\n  ! x@evil.test\n}\n", "external-forward forward-everything"},
	{"a default", "x.procmailrc", "TO=${UNSET:-x@evil.test}\n:0 c\n* ^Subject:.*report\n! $TO\n", "external-forward"},
	{"a shell's answer", "x.procmailrc", ":0 c\n* ^Subject:.*report\n! `cat /tmp/to`\n", "unresolved-target"},
	{"no action", "x.procmailrc", ":0\n* ^Subject: x\n", "unread"},
	{"cards", "x.vcf", "BEGIN:VCARD\nVERSION:3.0\nFN:Hanako\nEMAIL:hanako@evil.test\nEND:VCARD\n", "unread"},
	{"a mail log", "mail.log", "Nov 24 10:00:00 mx postfix/smtp[1]: AB12: to=<x@evil.test>, relay=mx.evil.test\nNov 24 10:00:01 mx postfix/smtp[1]: AB13: to=<y@evil.test>, relay=mx.evil.test\n", "unread"},
	{"members with a heading", "list.csv", "Email address,Nickname\na@partner.example,A\nb@gmai.com,B\n", "lookalike-target"},
	{"members of Mailman 2", "list.txt", "花子 <hanako@corp.example>\nB <b@docomo.ne.jpp>\n", "lookalike-target"},
	{"addresses, no heading", "list.csv", "山田,hanako@corp.example\n田中,tanaka@partner.example\n", "clean"},
}

func TestEdges(t *testing.T) {
	for _, e := range edges {
		t.Run(e.name, func(t *testing.T) {
			r := runText(t, e.file, e.text)
			got := "clean"
			var found []string
			for _, f := range r.Findings {
				if f.Severity >= lint.Warning && !slices.Contains(found, f.Rule) {
					found = append(found, f.Rule)
				}
			}
			slices.Sort(found)
			switch {
			case r.exit(lint.Warning) == ExitUnread:
				got = "unread"
			case len(found) > 0:
				got = strings.Join(found, " ")
			}
			if got != e.want {
				t.Errorf("got %s, want %s\n%s", got, e.want, lines(r))
			}
		})
	}
}
