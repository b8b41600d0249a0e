package content_test

import (
	"fmt"
	"strings"
	"testing"

	"maillint/content"
)

// onePage is a PDF of one page: what is added to its catalogue and to its page,
// and objects from number 7 on.
func onePage(catalog, page string, objects ...string) string {
	var b strings.Builder
	b.WriteString("%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R" + catalog + ">>\nendobj\n2 0 obj\n<</Type/Pages/Count 1/Kids[3 0 R]>>\nendobj\n" +
		"3 0 obj\n<</Type/Page/Parent 2 0 R/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R" + page + ">>\nendobj\n" +
		"4 0 obj\n<</Length 38>>stream\nBT /F 12 Tf 9 99 Td (/S/Launch) Tj ET\nendstream\nendobj\n5 0 obj\n<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>\nendobj\n")
	for i, o := range objects {
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", 7+i, o)
	}
	return b.String() + "trailer<</Size 20/Root 1 0 R>>\n"
}

func stream(dict, body string) string {
	return fmt.Sprintf("<<%s/Length %d>>stream\n%s\nendstream", dict, len(body), body)
}

// Scripts and programs are found wherever an action may stand (ISO 32000-2,
// 12.6), and however its names are written (7.3.5).
func TestPDFActions(t *testing.T) {
	const js = "<</S/JavaScript/JS(app.alert\\(1\\))>>"
	update := "1 0 obj\n<</Type/Catalog/Pages 2 0 R/OpenAction 9 0 R>>\nendobj\n9 0 obj\n" + js + "\nendobj\ntrailer<</Size 20/Root 1 0 R>>\n"
	for what, c := range map[string]struct {
		pdf  string
		want content.Flag
	}{
		"open action":            {onePage("/OpenAction"+js, ""), content.PDFJavaScript},
		"open action, reference": {onePage("/OpenAction 7 0 R", "", "<</S/JavaScript/JS 8 0 R>>", stream("", "app.alert(1)")), content.PDFJavaScript},
		"names in hexadecimal":   {onePage("/Open#41ction<</#53/#4aav#61Script/#4aS<6161>>>", ""), content.PDFJavaScript},
		"type by reference":      {onePage("/OpenAction<</S 7 0 R>>", "", "/JavaScript"), content.PDFJavaScript},
		"comments between":       {onePage("/OpenAction<<%c\r/S%x\n/JavaScript%)\n/JS(a)>>", ""), content.PDFJavaScript},
		"additional actions":     {onePage("/AA<</WC"+js+">>", ""), content.PDFJavaScript},
		"page's actions":         {onePage("", "/AA<</O"+js+">>"), content.PDFJavaScript},
		"annotation":             {onePage("", "/Annots[<</Type/Annot/Subtype/Link/A"+js+">>]"), content.PDFJavaScript},
		"field":                  {onePage("/AcroForm<</Fields[7 0 R]>>", "", "<</FT/Tx/T(x)/AA<</K"+js+">>>>"), content.PDFJavaScript},
		"tree of names":          {onePage("/Names 7 0 R", "", "<</JavaScript 8 0 R>>", "<</Kids[9 0 R]>>", "<</Names[(a) 10 0 R]>>", js), content.PDFJavaScript},
		"rendition":              {onePage("/OpenAction<</S/Rendition/JS(a)>>", ""), content.PDFJavaScript},
		"form in XML":            {onePage("/AcroForm<</XFA 7 0 R>>", "", stream("", `<t><script contentType="application/x-javascript">a</script></t>`)), content.PDFJavaScript},
		"object stream":          {onePage("/OpenAction 9 0 R", "", stream("/Type/ObjStm/N 1/First 4", "9 0 "+js)), content.PDFJavaScript},
		"update":                 {onePage("", "") + update, content.PDFJavaScript},
		"launch":                 {onePage("/OpenAction<</S/Launch/Win<</F(cmd.exe)>>>>", ""), content.PDFLaunch},
		"launch, type elsewhere": {onePage("/OpenAction<</S 7 0 R/F(cmd.exe)>>", "", "/L#61unch"), content.PDFLaunch},
		"launch, next":           {onePage("/OpenAction<</S/GoTo/D[3 0 R/Fit]/Next[<</S/Launch/F(a.exe)>>]>>", ""), content.PDFLaunch},
		"launch, annotation":     {onePage("", "/Annots[<</Subtype/Link/A<</S/Launch/F(a.exe)>>>>]"), content.PDFLaunch},
		"nothing":                {onePage("", ""), 0},
		"link":                   {onePage("", "/Annots[<</Subtype/Link/A<</S/URI/URI(https://www.example.com/JavaScript)>>>>]"), 0},
		"place":                  {onePage("/OpenAction[3 0 R/Fit]", ""), 0},
		"empty tree":             {onePage("/Names<</JavaScript<</Names[]>>>>", ""), 0},
		"form without script":    {onePage("/AcroForm<</XFA 7 0 R>>", "", stream("", `<t><script contentType="application/x-formcalc">a</script></t>`)), 0},
	} {
		f := inspect("a.pdf", []byte(c.pdf)).Files()[0]
		if f.Flags != c.want || f.Uninspected != "" {
			t.Errorf("%s: %q, want %q; unread %q", what, f.Flags, c.want, f.Uninspected)
		}
	}
}

// What an update packs into a stream replaces what stood before it, and what
// was filled into a form is read.
func TestPDFUpdates(t *testing.T) {
	field := func(v string) string { return "<</FT/Tx/T(name)/V(" + v + ")>>" }
	packed := func(v string) string { return stream("/Type/ObjStm/N 1/First 4", "7 0 "+field(v)) }
	for what, pdf := range map[string]string{
		"over an object": onePage("/AcroForm<</Fields[7 0 R]>>", "", field("before")) + "12 0 obj\n" + packed("after") + "\nendobj\n",
		"over a stream":  onePage("/AcroForm<</Fields[7 0 R]>>", "") + "12 0 obj\n" + packed("before") + "\nendobj\n11 0 obj\n" + packed("after") + "\nendobj\n",
		"over both":      onePage("/AcroForm<</Fields[7 0 R]>>", "") + "12 0 obj\n" + packed("before") + "\nendobj\n7 0 obj\n" + field("after") + "\nendobj\n",
	} {
		if got := dump(inspect("a.pdf", []byte(pdf))); !strings.Contains(got, "after") || strings.Contains(got, "before") {
			t.Errorf("%s: %s", what, got)
		}
	}
	xfa := onePage("/AcroForm<</XFA[(datasets) 7 0 R]>>", "", stream("", "<data><name>Sahara</name></data>"))
	if got := dump(inspect("a.pdf", []byte(xfa))); !strings.Contains(got, "form ()\nSahara\n") {
		t.Errorf("form: %s", got)
	}
}

// What a program writes beside each other, cell by cell, is a row, though a cell
// has several lines; what stands beside a number or in two columns is not.
func TestPDFCells(t *testing.T) {
	at := func(x, y int, s string) string { return fmt.Sprintf("1 0 0 1 %d %d Tm (%s) Tj\n", x, y, s) }
	for what, c := range map[string]struct{ program, want string }{
		"first cell":         {at(10, 90, "Sahara") + at(10, 80, "Hana") + at(90, 90, "090-5550-0100"), "Sahara Hana\t090-5550-0100"},
		"last cell":          {at(10, 90, "Sahara") + at(60, 90, "osamu") + at(120, 90, "vT7zL") + at(120, 80, "p93"), "Sahara\tosamu\tvT7zLp93"},
		"beside a word":      {at(10, 90, "Password") + at(90, 90, "vT7zLp93") + at(90, 80, "kQw"), "Password\tvT7zLp93kQw"},
		"broken at a hyphen": {at(10, 90, "090-5550-") + at(10, 80, "0100") + at(90, 90, "Hana"), "090-5550-0100\tHana"},
		"two rows":           {at(10, 90, "a") + at(60, 90, "b") + at(10, 80, "c") + at(60, 80, "d"), "a\tb\nc\td"},
		"numbered":           {at(10, 90, "1.") + at(40, 90, "some words and more") + at(40, 80, "words"), "1.\tsome words and more\nwords"},
		"labels and values":  {at(10, 90, "Name") + at(10, 80, "Phone number") + at(90, 90, "Sahara Hana") + at(90, 80, "090"), "Name\nPhone number\nSahara Hana\n090"},
		"new labels":         {at(10, 90, "A") + at(60, 90, "b") + at(120, 90, "ID: osamu") + at(120, 80, "PW: vT7z"), "A\tb\tID: osamu\nPW: vT7z"},
		"paragraph":          {at(10, 90, "one line") + at(10, 80, "and another"), "one line\nand another"},
	} {
		pdf := smallPDF("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", "BT /F 10 Tf\n"+c.program+"ET")
		if got := dump(inspect("a.pdf", pdf)); !strings.HasSuffix(got, "page 1 ()\n"+c.want) {
			t.Errorf("%s: %q, want %q", what, got, c.want)
		}
	}
}
