package content

import "testing"

func TestHolds(t *testing.T) {
	for _, c := range []struct {
		file, where string
		want        bool
	}{
		{"1", "1", true}, {"1", "1:a.txt", true}, {"1", "1, page 2", true}, {"1", "10", false}, {"1", "10:a.txt", false}, {"1", "1.2", false},
		{"2:a.zip", "2:a.zip/b", true}, {"2:a", "2:a b", false}, {"2:a", "2:a.zip", false}, {"2:a", "2", false},
	} {
		f := &File{Path: c.file}
		if got := f.holds(c.where); got != c.want {
			t.Errorf("%q holds %q: %v", c.file, c.where, got)
		}
	}
}
