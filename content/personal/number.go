package personal

import "strings"

// NumberKind is one kind of number that is given to people: how it is written,
// what its check says, and the words that stand beside it.
type NumberKind struct {
	ID      string
	Country string // ISO 3166, empty where many have it
	Title   string
	// Shapes tell how it is written: 9 a digit, A a letter, X either, ~ a blank,
	// hyphen or dot that may be missing, ! one that may not; other characters stand
	// for themselves. All separators of one number are alike.
	Shapes []string
	match  func(string) (key string, n int) // instead of Shapes
	Check  func(string) bool                // of the number without separators, upper case; nil where it has no check
	Words  []string                         // lower case, one of which stands beside it
	// One: a single number with its word is worth a finding.
	One bool
	// Bare: the check is strict enough for several without a word to be no accident.
	Bare   bool
	Source string
}

// hit is a number found in a line.
type hit struct {
	kind       *NumberKind
	key        string
	start, end int
	beside     bool
}

// byFirst are the kinds whose shape may start with a digit, or with a letter.
var digitKinds, letterKinds = startingWith(digitFirst), startingWith(letterFirst)

const digitFirst, letterFirst = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

type shaped struct {
	kind   *NumberKind
	shape  string
	digits int // it has at least so many, within longestShape octets
	runs   runs
}

// runs are the lengths that the digits, or the letters, at the front of a number
// may have: a bit for each. Most shapes are passed over by it.
type runs uint32

// anyRun is for kinds that look themselves.
const anyRun = ^runs(0)

func (r runs) has(n int) bool { return r&(1<<min(n, 31)) != 0 }

// runsOf gives the runs of a shape: its first group, and what follows it where
// separators are left out or the next octet may be of the same class.
func runsOf(shape string) (r runs) {
	class := digit
	if !digit(shape[0]) {
		class = letter
	}
	n := 0
	for i := range len(shape) {
		switch c := shape[i]; {
		case c == '~':
			r |= 1 << n
		case c == 'X':
			return r | anyRun<<n
		case !class(c):
			return r | 1<<n
		default:
			n++
		}
	}
	return r | 1<<n
}

func letter(c byte) bool { return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' }

// runAt is how long the run of digits, or of letters, at the front of a text is.
func runAt(s string) int {
	class := digit
	if !digit(s[0]) {
		class = letter
	}
	n := 1
	for n < len(s) && n < 31 && class(s[n]) {
		n++
	}
	return n
}

// longestShape is more octets than any shape and any card number have.
const longestShape = 28

// digitsWithin counts the digits at the front of a text.
func digitsWithin(s string) int {
	n := 0
	for i := range min(len(s), longestShape) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}

func (s shaped) read(text string) (key string, n int) {
	if s.kind.match != nil {
		return s.kind.match(text)
	}
	return match(s.shape, text)
}

func startingWith(first string) []shaped {
	var out []shaped
	for i := range Numbers {
		k := &Numbers[i]
		if k.match != nil && (first == digitFirst) == (k.ID == "card") {
			least := 0
			if k.ID == "card" {
				least = 12
			}
			out = append(out, shaped{k, "", least, anyRun})
		}
		for _, s := range k.Shapes {
			if strings.IndexByte(first, s[0]) >= 0 {
				out = append(out, shaped{k, s, len(digitsOf(s)), runsOf(s)})
			}
		}
	}
	return out
}

// fewDigits are the least that a number of the table has: an Indian PAN's.
const fewDigits = 4

// numbers finds numbers of the table in a line; like counts what has their
// shape and not their check.
func numbers(line, lower, above string, like map[*NumberKind]int) []hit {
	if !hasDigits(line, fewDigits) {
		return nil
	}
	if len(lower) != len(line) { // a letter whose small form is longer
		lower = line
	}
	var out []hit
	for i := 0; i < len(line); i++ {
		if !alnum(line[i]) || i > 0 && (alnum(line[i-1]) || inNumber(line[i-1]) && line[i-1] != '/' && line[i-1] != '#' && line[i-1] != '=') {
			continue
		}
		list := letterKinds
		if line[i] <= '9' {
			list = digitKinds
		}
		longest, digits := 0, digitsWithin(line[i:])
		if digits == 0 {
			continue
		}
		run := runAt(line[i:])
		for _, s := range list {
			if digits < s.digits || !s.runs.has(run) {
				continue
			}
			key, n := s.read(line[i:])
			if n == 0 {
				continue
			}
			like[s.kind]++
			if s.kind.Check != nil && !s.kind.Check(key) || same(key) {
				continue
			}
			beside := wordBeside(s.kind, lower, above, i, i+n) || s.kind.ID == "card" && expiry.MatchString(line[i+n:min(len(line), i+n+reachBehind)])
			if !beside && !s.kind.Bare {
				continue
			}
			out = append(out, hit{s.kind, key, i, i + n, beside})
			longest = max(longest, n)
		}
		if longest > 0 {
			i += longest - 1
		}
	}
	return out
}

func alnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// same: 000000000000 and the like pass many checks and belong to nobody.
func same(key string) bool {
	d := digitsOf(key)
	return d != "" && strings.Trim(d, d[:1]) == ""
}

// match reads a number of a shape at the front of s. n is 0 where there is
// none; key is the number without separators, in upper case.
func match(shape, s string) (key string, n int) {
	var buf [40]byte
	k, sep := 0, byte(0)
	for i := 0; i < len(shape); i++ {
		want := shape[i]
		c := byte(0)
		if n < len(s) {
			c = s[n]
		}
		if want == '~' || want == '!' {
			if (c == ' ' || c == '-' || c == '.') && (sep == 0 || sep == c) {
				sep = c
				n++
			} else if want == '!' || sep != 0 && sep != '0' {
				return "", 0
			}
			if sep == 0 {
				sep = '0' // none from the start: none later
			}
			continue
		}
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		digit, letter := c >= '0' && c <= '9', c >= 'A' && c <= 'Z'
		switch {
		case want == '9' && digit, want == 'A' && letter, want == 'X' && (digit || letter), want == c && c != 0:
		default:
			return "", 0
		}
		if k < len(buf) && (digit || letter) {
			buf[k] = c
			k++
		}
		n++
	}
	if n+1 < len(s) && s[n] == sep && alnum(s[n+1]) && s[n+1] <= '9' { // the number goes on
		return "", 0
	}
	if n < len(s) && alnum(s[n]) || n+1 < len(s) && (s[n] == '-' || s[n] == '_') && alnum(s[n+1]) {
		return "", 0
	}
	return string(buf[:k]), n
}

// How far from a number its word may stand, in octets.
const reachBefore, reachBehind = 72, 36

// wordBeside looks for a word of the kind before and behind the number, and in
// a short line above it.
func wordBeside(k *NumberKind, lower, above string, start, end int) bool {
	before := lower[max(0, start-reachBefore):start]
	behind := lower[end:min(len(lower), end+reachBehind)]
	for _, w := range k.Words {
		if hasWord(before, w) || hasWord(behind, w) || len(above) < 80 && hasWord(above, w) {
			return true
		}
	}
	return false
}

// hasWord finds a word; one of ASCII letters only where no letter stands
// around it.
func hasWord(s, w string) bool {
	for from := 0; ; {
		i := strings.Index(s[from:], w)
		if i < 0 {
			return false
		}
		i += from
		left := i == 0 || !asciiLetter(s[i-1]) || !asciiLetter(w[0])
		right := i+len(w) >= len(s) || !asciiLetter(s[i+len(w)]) || !asciiLetter(w[len(w)-1])
		if left && right {
			return true
		}
		from = i + 1
	}
}

func asciiLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
