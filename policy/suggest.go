package policy

import (
	"fmt"
	"strings"

	"github.com/agnivade/levenshtein"
)

// nearest gives the known word that was probably meant: at most a third of its
// letters differ.
func nearest(word string, known []string) (string, bool) {
	best, cost := "", 1+max(1, len(word)/3)
	folded := strings.ReplaceAll(strings.ToLower(word), "_", "-")
	for _, k := range known {
		d := distance(folded, strings.ReplaceAll(strings.ToLower(k), "_", "-"))
		if d < cost {
			best, cost = k, d
		}
	}
	return best, best != ""
}

// distance counts edits; two neighbours that have changed places are one.
func distance(a, b string) int {
	d := levenshtein.ComputeDistance(a, b)
	if d == 2 && len(a) == len(b) {
		for i := 0; i+1 < len(a); i++ {
			if a[i] == b[i+1] && a[i+1] == b[i] && a[:i] == b[:i] && a[i+2:] == b[i+2:] {
				return 1
			}
		}
	}
	return d
}

// didYouMean is the hint for an unknown word, or the list of the known ones
// where nothing is near and the list is short.
func didYouMean(word string, known []string) string {
	if k, ok := nearest(word, known); ok {
		return fmt.Sprintf("did you mean %q?", k)
	}
	if len(known) > 0 && len(known) <= 10 {
		return "known: " + strings.Join(known, ", ")
	}
	return ""
}
