package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// junit is the XML that build servers read: a test case a message, with a
// failure for each finding that is shown. The counts stand before the cases,
// so these wait in a temporary file.
type junit struct {
	w               io.Writer
	opt             Options
	body            *os.File
	tests, bad, err int
	failed          error
}

func newJUnit(w io.Writer, o Options) *junit { return &junit{w: w, opt: o} }

type junitPiece struct {
	xml      []byte
	failed   bool
	errorful bool
}

// Render makes the test case of one message.
func (t *junit) Render(r *Record) Piece {
	var b bytes.Buffer
	p := &junitPiece{}
	fmt.Fprintf(&b, "  <testcase name=\"%s\" classname=\"%s\"", attribute(r.Path), attribute(path.Dir(filepath.ToSlash(r.Path))))
	inside := b.Len()
	if r.Err != nil {
		p.errorful = true
		fmt.Fprintf(&b, "    <error type=\"not read\" message=\"%s\"></error>\n", attribute(r.Err.Error()))
	}
	var quiet []string
	for i := range r.Verdict.Findings {
		f := &r.Verdict.Findings[i]
		if f.Severity < t.opt.Show {
			quiet = append(quiet, fmt.Sprintf("%s: %s: %s [%s]", f.Where, f.Severity, f.Message, f.Rule))
			continue
		}
		p.failed = true
		fmt.Fprintf(&b, "    <failure type=\"%s\" message=\"%s\">", attribute(f.Rule), attribute(f.Where+": "+f.Severity.String()+": "+f.Message))
		_ = xml.EscapeText(&b, []byte(t.details(r, i)))
		b.WriteString("</failure>\n")
	}
	if quiet != nil {
		fmt.Fprintf(&b, "    <system-out>%s</system-out>\n", attribute(strings.Join(quiet, "; ")))
	}
	if b.Len() == inside {
		b.WriteString("/>\n")
		p.xml = b.Bytes()
		return p
	}
	b.WriteString("  </testcase>\n")
	p.xml = append(append(b.Bytes()[:inside:inside], ">\n"...), b.Bytes()[inside:]...)
	return p
}

// details are a failure's text: the places, the mend.
func (t *junit) details(r *Record, i int) string {
	f := &r.Verdict.Findings[i]
	var b bytes.Buffer
	plain := &text{opt: Options{Rules: t.opt.Rules}}
	b.WriteString("\n")
	plain.places(&b, r, f)
	if f.Suggest != "" {
		fmt.Fprintf(&b, "did you mean: %s\n", Escape(f.Suggest))
	}
	if rule := t.opt.rule(f.Rule); rule != nil {
		fmt.Fprintf(&b, "instead: %s\n", oneLine(rule.Fix.In(t.opt.Lang)))
	}
	fmt.Fprintf(&b, "disposition: %s\n", f.Disposition)
	return b.String()
}

// attribute escapes text for XML, which has no form for control characters.
func attribute(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(Escape(s)))
	return b.String()
}

// Write keeps a test case.
func (t *junit) Write(piece Piece) error {
	p := piece.(*junitPiece)
	t.tests++
	switch {
	case p.errorful:
		t.err++
	case p.failed:
		t.bad++
	}
	if t.body == nil {
		if t.body, t.failed = os.CreateTemp("", "maillint-junit-*"); t.failed != nil {
			return t.failed
		}
	}
	_, err := t.body.Write(p.xml)
	return err
}

// Close writes the suite.
func (t *junit) Close(s *Summary) error {
	if t.failed != nil {
		return t.failed
	}
	counts := fmt.Sprintf("tests=\"%d\" failures=\"%d\" errors=\"%d\" time=\"%.3f\"", t.tests, t.bad, t.err, s.Elapsed.Seconds())
	if _, err := fmt.Fprintf(t.w, "%s<testsuites name=\"maillint\" %s>\n <testsuite name=\"maillint\" skipped=\"0\" %s>\n", xml.Header, counts, counts); err != nil {
		return err
	}
	if t.body != nil {
		defer os.Remove(t.body.Name())
		defer t.body.Close()
		if _, err := t.body.Seek(0, io.SeekStart); err != nil {
			return err
		}
		if _, err := io.Copy(t.w, t.body); err != nil {
			return err
		}
	}
	_, err := io.WriteString(t.w, " </testsuite>\n</testsuites>\n")
	return err
}
