package personal

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"maillint/content"
	"maillint/internal/cputime"
)

// hostile are texts of a megabyte that would take a careless reader long.
var hostile = map[string]string{
	"digits":     strings.Repeat("7", 1<<20),
	"pairs":      strings.Repeat("1 ", 1<<19),
	"zeros":      strings.Repeat("0-", 1<<19),
	"plus":       strings.Repeat("+1", 1<<19),
	"at":         strings.Repeat("@", 1<<20),
	"addresses":  strings.Repeat("a@b.co ", 150_000),
	"names":      strings.Repeat("氏", 350_000),
	"towns":      strings.Repeat("区1", 262_144),
	"addressish": strings.Repeat("東京都", 100_000) + "1",
	"lines":      strings.Repeat("氏名,電話\n", 70_000),
	"labels":     strings.Repeat("生年月日 1985/4/17\n", 40_000),
	"headers":    strings.Repeat("From: a@b.example, ", 50_000),
	"parens":     strings.Repeat("(0", 1<<19),
	"cards":      strings.Repeat("4111-1111-1111-", 70_000),
	"letters":    strings.Repeat("A1", 1<<19),
	"words":      strings.Repeat("John Smith ", 95_000),
	"capitals":   strings.Repeat("12 Main Oak Elm ", 65_000),
	"iban":       strings.Repeat("DE89 ", 200_000),
	"tabs":       "name\tphone\n" + strings.Repeat("\t", 1<<20),
}

// Time stays in proportion to the text: a megabyte of anything ends soon.
func TestHostileTextsEnd(t *testing.T) {
	for name, text := range hostile {
		took := cputime.Of(func() { Scan([]content.Text{{Where: "1", Prose: text}}, Known{}) })
		if took > 8*time.Second {
			t.Errorf("%s: %v for %d octets", name, took, len(text))
		} else if testing.Verbose() {
			t.Logf("%s: %v", name, took)
		}
	}
}

func BenchmarkScanLetter(b *testing.B) {
	text := strings.Repeat("Dear colleagues,\n\nthe meeting is on Tuesday, and the room is as always. Please bring the drafts.\n\n", 40)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Scan([]content.Text{{Where: "1", Prose: text}}, Known{})
	}
}

func BenchmarkScanList(b *testing.B) {
	var s strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&s, "佐原 美咲%d　090-5550-%04d　北区本町1丁目%d-1　p%d@kaisha.example\n", i, i, i, i)
	}
	b.SetBytes(int64(s.Len()))
	b.ReportAllocs()
	for b.Loop() {
		Scan([]content.Text{{Where: "1", Prose: s.String()}}, Known{})
	}
}

func BenchmarkScanSheet(b *testing.B) {
	rows := [][]string{{"氏名", "電話番号", "住所", "メールアドレス"}}
	for i := range 10_000 {
		rows = append(rows, []string{"佐原 美咲", fmt.Sprintf("090-5550-%04d", i), "北区本町1丁目1-1", fmt.Sprintf("p%d@kaisha.example", i)})
	}
	b.ReportAllocs()
	for b.Loop() {
		Scan([]content.Text{{Where: "1", Rows: rows}}, Known{})
	}
}

func FuzzScan(f *testing.F) {
	for _, s := range []string{"山田 太郎　090-1234-5678　東京都千代田区1-1-1\n", "name,phone\nJohn Smith,+44 7700 900123\n", "マイナンバー：1234 5678 9018", "4111 1111 1111 1111 12/27", "From: a@b.example\n\tc@d.example", "生年月日 S60.4.17", "DE89 3704 0044 0532 0130 00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		rows := [][]string{}
		for line := range strings.Lines(s) {
			rows = append(rows, strings.Split(line, ","))
		}
		r := Scan([]content.Text{{Where: "1", Prose: s}, {Where: "2", Rows: rows}}, Known{})
		for _, p := range append(r.Places, r.HiddenPlaces...) {
			if !strings.Contains(p.Mask, "*") {
				t.Errorf("%q is not masked", p.Mask)
			}
		}
	})
}

// orders is a table of things, not people, as shops keep them: what costs most
// is not to find anything.
func orders(n int) [][]string {
	rows := [][]string{{"注文番号", "注文日", "商品コード", "商品名", "単価", "数量", "金額", "伝票番号", "倉庫", "備考"}}
	for i := range n {
		rows = append(rows, []string{fmt.Sprintf("A-%08d", i*7919), fmt.Sprintf("2023-%02d-%02d", i%12+1, i%28+1), fmt.Sprintf("49%011d", i*104729),
			"書棚 五段 オーク", fmt.Sprint(i % 90000), fmt.Sprint(i % 30), fmt.Sprint(i * 31), fmt.Sprintf("%012d", i*15485863), "東京第二倉庫", "特記事項なし"})
	}
	return rows
}

func BenchmarkScanOrders(b *testing.B) {
	rows := orders(10_000)
	size := int64(0)
	for _, r := range rows {
		for _, c := range r {
			size += int64(len(c))
		}
	}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		Scan([]content.Text{{Where: "1", Rows: rows}}, Known{})
	}
}
