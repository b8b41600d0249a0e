package content_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"maillint/content"
	"maillint/internal/cputime"
)

// Real files with octets changed, cut out, doubled or left off fail no reader
// and end soon. MAILLINT_MUTATIONS sets how many there are of each file.
func TestMutations(t *testing.T) {
	n := 10
	if v, err := strconv.Atoi(os.Getenv("MAILLINT_MUTATIONS")); err == nil {
		n = v
	}
	files, err := filepath.Glob(filepath.Join(folder(), "*"))
	if err != nil || len(files) == 0 {
		t.Fatal("no files: ", err)
	}
	for i, file := range files {
		r := rand.New(rand.NewPCG(7, uint64(i)))
		data := load(t, filepath.Base(file))
		for k := range n {
			changed := mutate(r, data)
			var in *content.Inspection
			took := cputime.Of(func() { in = inspect(filepath.Base(file), changed) })
			for _, d := range in.Defects() {
				if d.Kind == content.Failed || !blamed(in, d) {
					t.Errorf("%s, mutation %d: %v\n%s", file, k, d, tree(in))
				}
			}
			if took > 5*time.Second {
				t.Errorf("%s, mutation %d: %v", file, k, took)
			}
		}
	}
}

// blamed: the file with the defect, or the one that it is in, counts as not read
// whole.
func blamed(in *content.Inspection, d content.Defect) bool {
	for _, f := range in.Uninspected() {
		if strings.HasPrefix(d.Where, f.Path) {
			return true
		}
	}
	return false
}

func mutate(r *rand.Rand, data []byte) []byte {
	out := slices.Clone(data)
	for range 1 + r.IntN(8) {
		if len(out) < 8 {
			return out
		}
		at := r.IntN(len(out))
		n := min(1+r.IntN(16), len(out)-at)
		switch r.IntN(6) {
		case 0:
			out[at] = byte(r.Uint32())
		case 1:
			out[at] ^= 1 << r.IntN(8)
		case 2:
			out = slices.Delete(out, at, at+n)
		case 3:
			out = slices.Insert(out, at, out[at:at+n]...)
		case 4:
			for i := range n {
				out[at+i] = []byte{0, 0xff, 0x7f, 0x80}[r.IntN(4)]
			}
		case 5:
			out = out[:at]
		}
	}
	return out
}
