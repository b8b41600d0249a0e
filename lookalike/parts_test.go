package lookalike

import (
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/agnivade/levenshtein"
)

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"gmail", "gmail", 0}, {"gmial", "gmail", 1}, {"gmai", "gmail", 1}, {"gmaill", "gmail", 1},
		{"gnail", "gmail", 1}, {"gamli", "gmail", 2}, {"", "ab", 2}, {"abc", "", 3}, {"ca", "abc", 3},
	} {
		if got := distance(c.a, c.b, 3); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
		if l := levenshtein.ComputeDistance(c.a, c.b); distance(c.a, c.b, 3) > l {
			t.Errorf("%q, %q: alignment exceeds the Levenshtein distance %d", c.a, c.b, l)
		}
	}
	if got := distance("a", "abcd", 1); got != 2 {
		t.Errorf("beyond the limit: got %d, want 2", got)
	}
}

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		wrote, want string
		kind        Kind
		at          int
	}{
		{"gmial", "gmail", Swap, 2}, {"mgail", "gmail", Swap, 0}, {"gmal", "gmail", Omission, 3},
		{"gmai", "gmail", Omission, 4}, {"gmaill", "gmail", Doubling, 5}, {"ggmail", "gmail", Doubling, 1},
		{"gmqail", "gmail", Insertion, 2}, {"gnail", "gmail", Key, 1}, {"gxail", "gmail", Letter, 1},
	} {
		if e := compare(c.wrote, c.want); e.kind != c.kind || e.at != c.at {
			t.Errorf("%s for %s: got %v at %d, want %v at %d", c.wrote, c.want, e.kind, e.at, c.kind, c.at)
		}
	}
}

// The deletion index finds every label within two edits, as a search through
// all of them does.
func TestDeletionsAreComplete(t *testing.T) {
	labels := []string{"gmail", "hotmail", "outlook", "icloud", "docomo", "softbank", "ezweb", "yahoo", "protonmail"}
	d := newDeletions()
	for i, l := range labels {
		d.add(l, int32(i), 2)
	}
	for i, l := range labels {
		oneEditFrom(l, func(once string) {
			oneEditFrom(once[:min(len(once), 6)], func(twice string) {
				if twice == "" || distance(twice, l, 2) > 2 {
					return
				}
				var hits candidates
				d.near(twice, 2, &hits)
				if !slices.Contains(hits.brands[:hits.n], int32(i)) {
					t.Fatalf("%s is not found from %s", l, twice)
				}
			})
		})
	}
}

func TestSkeleton(t *testing.T) {
	for _, c := range [][2]string{{"grnail", "gmail"}, {"0utl00k", "outlook"}, {"vvanadoo", "wanadoo"}, {"clocomo", "docomo"}, {"icIoud", "icIoud"}} {
		if a, b := string(skeleton(nil, c[0])), string(skeleton(nil, c[1])); a != b {
			t.Errorf("%s and %s differ: %s, %s", c[0], c[1], a, b)
		}
	}
}

func TestFold(t *testing.T) {
	for wrote, want := range map[string]string{
		"gmаil.com": "gmail.com", "hοtmail.com": "hotmail.com", "ｏｕｔｌｏｏｋ.jp": "outlook.jp", "yаhоо.co.jp": "yahoo.co.jp",
	} {
		if got := fold(wrote); got != want {
			t.Errorf("%q: got %q, want %q", wrote, got, want)
		}
	}
}

func TestTLDs(t *testing.T) {
	tlds := newTLDs()
	for range 2 { // asked, and remembered
		for tld, want := range map[string]bool{"com": true, "jp": true, "ck": true, "con": false, "nejp": false, "xn--p1ai": true} {
			if got := tlds.exists(tld); got != want {
				t.Errorf("%s: got %v, want %v", tld, got, want)
			}
		}
	}
}

// Every data file names its source and its columns.
func TestDataHeaders(t *testing.T) {
	entries, err := files.ReadDir("data")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := files.ReadFile("data/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		header, _, _ := strings.Cut(string(text), "\n"+strings.TrimLeft(firstRow(string(text)), "\n"))
		if !strings.Contains(header, "Source") || !strings.Contains(header, "one a line") && !strings.Contains(strings.ToLower(header), "column") && !strings.Contains(strings.ToLower(header), "a line") {
			t.Errorf("%s: the header lacks source or columns", e.Name())
		}
	}
}

func firstRow(text string) string {
	for line := range strings.SplitSeq(text, "\n") {
		if line != "" && line[0] != '#' {
			return line
		}
	}
	return ""
}

// The index of the shipped targets and a thousand partners stays small.
func TestIndexSize(t *testing.T) {
	shipped()
	partners := manyPartners()
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	x := New(Default(), Options{Partners: partners})
	if size := int64(heap()) - int64(before); size > 8<<20 {
		t.Errorf("the index takes %d bytes", size)
	}
	runtime.KeepAlive(x)
}

func TestConcurrentUse(t *testing.T) {
	x := New(Default(), Options{})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for _, d := range []string{"gmial.com", "docomo.nejp", "widgets.com", "x.con", "kagoshima-u.ac.jp"} {
				first, ok := x.Match(d)
				if again, same := x.Match(d); again != first || same != ok {
					t.Errorf("%s: %v and %v", d, first, again)
				}
			}
		})
	}
	all.Wait()
}
