package personal

import (
	"math/rand/v2"
	"testing"
)

// No number is passed over because of the run at its front: whatever a shape
// reads has a run that the shape allows.
func TestRunsOfShapes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(s string) byte { return s[r.IntN(len(s))] }
	read := 0
	for _, s := range append(startingWith(digitFirst), startingWith(letterFirst)...) {
		if s.kind.match != nil {
			continue
		}
		for range 200 {
			sep, text := pick(" -.,"), ""
			for i := range len(s.shape) {
				switch c := s.shape[i]; c {
				case '9':
					text += string(pick(digitFirst))
				case 'A':
					text += string(pick(letterFirst + "abcxyz"))
				case 'X':
					text += string(pick(digitFirst + letterFirst))
				case '~', '!':
					if sep != ',' {
						text += string(sep)
					}
				default:
					text += string(c)
				}
			}
			if _, n := s.read(text); n > 0 {
				if read++; !s.runs.has(runAt(text)) {
					t.Errorf("%s %s: %q is passed over", s.kind.ID, s.shape, text)
				}
			}
		}
	}
	if read < 5000 {
		t.Errorf("%d numbers were read", read)
	}
}
