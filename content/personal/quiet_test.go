package personal

import (
	"fmt"
	"testing"

	"maillint/content"
)

// What stands among thousands of rows of things is found, as in a short table.
func TestLargeTables(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(i int, row []string) []string
		people int
		sure   string
	}{
		{"things alone", func(_ int, row []string) []string { return row }, 0, ""},
		{"remarks with telephones near the end", func(i int, row []string) []string {
			if i > 3900 && i <= 3940 {
				row[9] = fmt.Sprintf("連絡先 佐原 美咲%d 090-5550-%04d", i, i)
			}
			return row
		}, 40, ""},
		{"numbers of another length", func(i int, row []string) []string {
			if i > 2000 && i <= 2030 {
				row[7] = fmt.Sprintf("0905550%04d", i)
			}
			return row
		}, 30, ""},
		{"a mailbox in some rows", func(i int, row []string) []string {
			if i%100 == 7 {
				row[9] = fmt.Sprintf("p%d@kaisha.example", i)
			}
			return row
		}, 40, ""},
		{"cards without a word", func(i int, row []string) []string {
			row[7] = luhnOf(fmt.Sprintf("4929%011d", i*7919))
			return row
		}, 0, "card"},
		{"a number in three cells", func(i int, row []string) []string {
			if i > 1000 && i <= 1040 {
				row[4], row[5], row[6] = "090", "5550", fmt.Sprintf("%04d", i)
			}
			return row
		}, 0, ""}, // not read as one in a short table either
	} {
		rows := orders(4000)
		for i := 1; i < len(rows); i++ {
			rows[i] = c.change(i, rows[i])
		}
		r := Scan([]content.Text{{Where: "1", Rows: rows}}, Known{})
		if r.People != c.people {
			t.Errorf("%s: %d people, want %d", c.name, r.People, c.people)
		}
		for _, f := range r.Numbers {
			if f.Sure(5) != (f.ID == c.sure) {
				t.Errorf("%s: %s %d of %d", c.name, f.ID, f.Alone, f.Like)
			}
		}
	}
}

// luhnOf adds the check digit.
func luhnOf(s string) string {
	for d := range 10 {
		if n := fmt.Sprint(s, d); luhn(n) {
			return n
		}
	}
	return s
}
