package rules

import (
	"fmt"
	"slices"
	"strings"

	"maillint/content"
	"maillint/lint"
)

// EncryptedArchive finds files that ask for a password, into which nobody on
// the way can look.
var EncryptedArchive = lint.New(lint.Meta{
	ID:       "encrypted-archive",
	Severity: lint.Warning,
	Defaults: map[lint.Severity]string{lint.Warning: "tag"},
	Title: lint.Text{
		En: "a file that only a password opens goes to an outside recipient",
		Ja: "パスワード付きのファイルが外部に送られる",
	},
	Why: lint.Text{
		En: `Nobody on the way can look into a file that asks for a password: neither the check for personal data nor
the recipient's virus scanner. That is why Emotet came in locked archives, as at Isumi Railway in 2022, and
why the Japanese government gave up sending them in 2020. A password that travels by the same way protects
nothing.`,
		Ja: `パスワード付きのファイルは、個人情報の検査も、受信側のウイルス検査も中を見ることができません。
2022年のいすみ鉄道の事例のように、Emotet はパスワード付き圧縮ファイルで届きました。政府も2020年にこの方法を
やめています。同じ経路で送るパスワードは何も守りません。`,
	},
	Fix: lint.Text{
		En: "Share the file by a link that asks for the recipient's log-in, or encrypt the message (S/MIME, PGP).",
		Ja: "受信者のログインを必要とする共有リンクを使うか、S/MIME や PGP でメールを暗号化してください。",
	},
	Quiet: lint.Text{
		En: `Mail that stays inside. PGP and S/MIME, which are made for one recipient's key. PDFs that open without a
password and only restrict printing. List partners with whom locked files are agreed under params.exempt.`,
		Ja: `組織内のメール、受信者の鍵で暗号化する PGP と S/MIME、印刷などを制限するだけでパスワードなしに開く
PDF には反応しません。パスワード付きファイルを取り決めている相手は params.exempt に書けます。`,
	},
	Held: lint.Text{
		En: "Ask the sender what is in it. It cannot be checked here.",
		Ja: "中身を送信者に確認してください。ここでは検査できません。",
	},
	Incidents: []string{"isumi-2022", "emotet-chiba-2022"},
	Refs:      []string{"PKWARE APPNOTE 6.3.10, 6 and 7", "MS-OFFCRYPTO", "ISO 32000-2, 7.6"},
	Since:     "0.2.0",
}, encryptedArchive{}, checkEncryptedArchive)

type encryptedArchive struct {
	Exempt []string `yaml:"exempt" doc:"registrable domains with which locked files are agreed" doc_ja:"パスワード付きファイルの利用を取り決めている登録ドメイン"`
}

func checkEncryptedArchive(pass *lint.Pass, p encryptedArchive) {
	if !leavesBeyond(pass, p.Exempt) {
		return
	}
	for _, f := range pass.Facts.Content().Files() {
		locked, kinds := lockedIn(f)
		if len(locked) == 0 {
			continue
		}
		message := fmt.Sprintf("a file that only a password opens (%s)", strings.Join(kinds, ", "))
		if locked[0] != f {
			message = fmt.Sprintf("%s that only a password opens (%s)", count(len(locked), "member"), strings.Join(kinds, ", "))
		}
		pass.Report(lint.Finding{Severity: lint.Warning, Where: place(f), Message: message, Evidence: evidenceOfFiles(locked)})
	}
}

// leavesBeyond reports whether anybody outside of these domains receives the
// message.
func leavesBeyond(pass *lint.Pass, exempt []string) bool {
	for _, a := range pass.Facts.External() {
		if !slices.Contains(exempt, a.Registrable()) {
			return true
		}
	}
	return false
}

// lockedIn gives the files of a part that ask for a password, and how they are
// encrypted.
func lockedIn(f *content.File) (locked []*content.File, kinds []string) {
	each(f, func(x *content.File) {
		if x.Encrypted == "" || !x.Encrypted.Password() {
			return
		}
		locked = append(locked, x)
		if k := string(x.Encrypted); !slices.Contains(kinds, k) {
			kinds = append(kinds, k)
		}
	})
	return locked, kinds
}

// each calls do with a file and all that is in it.
func each(f *content.File, do func(*content.File)) {
	do(f)
	for _, m := range f.Members {
		each(m, do)
	}
}

// place is the part that a file is, or is in.
func place(f *content.File) string {
	where, _, _ := strings.Cut(f.Path, ":")
	return where
}

// maxFiles are pointed at one by one.
const maxFiles = 5

// evidenceOfFiles points at the first files of a list by path and name.
func evidenceOfFiles(files []*content.File) []lint.Evidence {
	var out []lint.Evidence
	for _, f := range files[:min(len(files), maxFiles)] {
		out = append(out, lint.Evidence{Where: f.Path, Span: f.Part.Body, Text: f.Name})
	}
	return out
}
