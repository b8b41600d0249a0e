package rules

import (
	"errors"
	"fmt"
	"strings"

	"maillint/content"
	"maillint/lint"
)

// RiskyAttachment finds files that do something when they are opened, and
// files that are not what they say.
var RiskyAttachment = lint.New(lint.Meta{
	ID:       "risky-attachment",
	Severity: lint.High,
	Defaults: map[lint.Severity]string{lint.Warning: "tag", lint.High: "quarantine"},
	Title: lint.Text{
		En: "an attachment is a program, or hides what it is",
		Ja: "添付ファイルがプログラムであるか、正体を隠している",
	},
	Why: lint.Text{
		En: `An abused account sends what opened the door to it: in 2022 the mail of a contractor of Chiba City and of
several other organisations carried workbooks with macros and shortcuts in archives within archives. A
program that leaves the house is hardly ever meant; one that calls itself invoice.pdf.exe never is.`,
		Ja: `乗っ取られたアカウントは、侵入に使われたものと同じ添付を送ります。2022年には千葉市の委託先などのメールに、
マクロ入りのブックやショートカットが二重の圧縮ファイルに入れられていました。プログラムを外に送る用事は
ほとんどなく、invoice.pdf.exe と名乗るものにはまったくありません。`,
	},
	Fix: lint.Text{
		En: "Send a link to where the program can be had from its maker, or save the file without macros (.docx, .xlsx).",
		Ja: "プログラムは配布元へのリンクで知らせてください。文書はマクロなしの形式（.docx、.xlsx）で保存し直してください。",
	},
	Quiet: lint.Text{
		En: `Archives, documents and pictures that are what they say; scripts of a web page that lie in an archive
with it. Mail inside the organisation is not exempt. Extensions that are part of your work can be listed
under params.allow: they are then not found by their name, and a program by its bytes still is.`,
		Ja: `名前どおりの圧縮ファイル、文書、画像や、Webページと一緒に圧縮されたそのスクリプトには反応しません。
組織内のメールも対象です。業務で使う拡張子は params.allow に書けます（名前では検出しなくなりますが、
中身がプログラムであれば検出します）。`,
	},
	Held: lint.Text{
		En: "Do not open it. Ask the sender by telephone whether they sent it; if not, the account is abused.",
		Ja: "開かないでください。送信者に電話で確認し、覚えがなければアカウントの乗っ取りとして対応してください。",
	},
	Incidents: []string{"emotet-chiba-2022"},
	Refs: []string{
		"JPCERT/CC, Emotet (2022)",
		"Microsoft, Blocked attachments in Outlook; Google, File types blocked in Gmail",
		"MITRE ATT&CK T1027.006 HTML smuggling, T1036.002 right-to-left override, T1036.007 double file extension, T1221 template injection",
	},
	Since: "0.2.0",
}, riskyAttachment{Depth: 3, Macros: true}, checkRiskyAttachment)

type riskyAttachment struct {
	Depth  int      `yaml:"depth" doc:"archives within archives from which on it is a finding" doc_ja:"検出とする圧縮ファイルの入れ子の段数"`
	Macros bool     `yaml:"macros" doc:"whether Office files with macros are a finding" doc_ja:"マクロ入りの Office ファイルを検出するか"`
	Allow  []string `yaml:"allow" doc:"extensions that are no finding by their name, without a dot" doc_ja:"名前だけでは検出しない拡張子（ドットなし）"`
}

// Validate keeps the depth in a range that means something.
func (p riskyAttachment) Validate() error {
	if p.Depth < 2 {
		return errors.New("depth: must be at least 2")
	}
	for _, e := range p.Allow {
		if e == "" || strings.ContainsAny(e, ".*/ ") {
			return fmt.Errorf("allow: %q is no extension (write it without a dot: bat)", e)
		}
	}
	return nil
}

// The marks by how grave they are.
const (
	graveMarks = content.Executable | content.Script | content.Shortcut | content.DiskImage | content.DoubleExtension | content.NameOverride |
		content.TypeMismatch | content.Smuggling | content.PDFLaunch | content.DDE | content.HiddenMember | content.EscapingName
	mildMarks  = content.ExternalTemplate | content.PDFJavaScript
	macroMarks = content.Macro | content.AutoMacro
)

func checkRiskyAttachment(pass *lint.Pass, p riskyAttachment) {
	for _, f := range pass.Facts.Content().Files() {
		var found riskyFiles
		depth := 0
		each(f, func(x *content.File) {
			found.add(x, p)
			depth = max(depth, archives(x))
		})
		found.report(pass, f)
		if depth >= p.Depth {
			pass.Report(lint.Finding{Severity: lint.Warning, Where: place(f), Evidence: evidenceOfFiles([]*content.File{f}),
				Message: fmt.Sprintf("archives within archives, %d deep", depth)})
		}
	}
}

// archives is how many archives a file is, or is in. A packed tar is one.
func archives(f *content.File) int {
	n := 0
	for x := f; x != nil; x = x.Parent {
		if x.Kind.Archive() && x.Kind != content.Tar {
			n++
		}
	}
	return n
}

// riskyFiles are the files of one attachment, by how grave they are.
type riskyFiles struct {
	grave, mild           []*content.File
	graveMarks, mildMarks content.Flag
}

func (r *riskyFiles) add(f *content.File, p riskyAttachment) {
	grave, mild := f.Flags&graveMarks, f.Flags&mildMarks
	if p.Macros {
		mild |= f.Flags & macroMarks
	}
	if grave != 0 && f.Kind != content.Program && f.Kind != content.ShortcutFile && f.ByExtension(p.Allow) {
		grave &^= content.Executable | content.Script | content.Shortcut | content.DiskImage | content.DoubleExtension
	}
	if grave == content.Script && webScript(f) {
		grave = 0
	}
	if grave != 0 {
		r.grave, r.graveMarks = append(r.grave, f), r.graveMarks|grave
	}
	if mild != 0 {
		r.mild, r.mildMarks = append(r.mild, f), r.mildMarks|mild
	}
}

func (r *riskyFiles) report(pass *lint.Pass, f *content.File) {
	report := func(sev lint.Severity, files []*content.File, marks content.Flag) {
		if len(files) == 0 {
			return
		}
		message := marks.String()
		if files[0] != f {
			message += fmt.Sprintf(" (%s inside)", count(len(files), "file"))
		}
		pass.Report(lint.Finding{Severity: sev, Where: place(f), Message: message, Evidence: evidenceOfFiles(files)})
	}
	report(lint.High, r.grave, r.graveMarks)
	report(lint.Warning, r.mild, r.mildMarks)
}

// webScript: a script of a web page, which lies in the archive with it. Only a
// .js is one, and never the only file beside a page.
func webScript(f *content.File) bool {
	if f.Parent == nil || !strings.HasSuffix(strings.ToLower(f.Name), ".js") {
		return false
	}
	pages, others := false, 0
	for _, m := range f.Parent.Members {
		name := strings.ToLower(m.Name)
		switch {
		case strings.HasSuffix(name, ".html"), strings.HasSuffix(name, ".htm"), strings.HasSuffix(name, "package.json"), strings.HasSuffix(name, ".css"):
			pages = true
			others++
		case !strings.HasSuffix(name, ".js"):
			others++
		}
	}
	return pages && others >= 2
}
