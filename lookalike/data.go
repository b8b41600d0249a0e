package lookalike

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:embed data/*.tsv
var files embed.FS

// shippedData is what the files in data/ say.
type shippedData struct {
	targets     []Target
	honest      []string          // names near a target that are somebody's
	dictionary  *lexicon          // words of the language
	words       *lexicon          // the dictionary, and labels that are words or names, and so no misspelling
	contested   map[string]string // names that typo lists claim; to the intended one
	confusables map[rune]string
}

// shipped reads the files once. They are part of the program, and a test reads
// them all, so a mistake in them is a mistake in the program.
var shipped = sync.OnceValue(func() *shippedData {
	s := &shippedData{dictionary: newLexicon(), words: newLexicon(), contested: map[string]string{}, confusables: map[rune]string{}}
	providers, err := fs.Glob(files, "data/providers-*.tsv")
	if err != nil {
		panic(err)
	}
	for _, file := range providers {
		each(file, 5, s.provider)
	}
	each("data/honest.tsv", 1, func(f []string) { s.honest = append(s.honest, f[0]) })
	for _, l := range []*lexicon{s.dictionary, s.words} {
		each("data/dictionary.tsv", 1, func(f []string) { l.add(words(f[0])...) })
		each("data/short.tsv", 1, func(f []string) { l.addShort(words(f[0])) })
	}
	each("data/words.tsv", 1, func(f []string) { s.words.add(words(f[0])...) })
	each("data/contested.tsv", 2, func(f []string) { s.contested[f[0]] = strings.TrimPrefix(f[1], "-") })
	each("data/confusables.tsv", 2, s.confusable)
	return s
})

// Default gives the shipped targets: mail providers by country.
func Default() []Target {
	return append([]Target(nil), shipped().targets...)
}

// provider reads domain, class, country, further suffixes, spellings by ear.
func (s *shippedData) provider(f []string) {
	class, ok := classNames[f[1]]
	if !ok {
		panic(fmt.Sprintf("data/providers: %s: unknown class %q", f[0], f[1]))
	}
	s.targets = append(s.targets, Target{
		Domain: f[0], Class: class, Country: f[2],
		Suffixes: words(f[3]), Sounds: words(f[4]),
	})
}

// confusable reads an ASCII text and the characters that are drawn like it.
func (s *shippedData) confusable(f []string) {
	for _, c := range words(f[1]) {
		r, _ := utf8.DecodeRuneInString(c)
		s.confusables[r] = f[0]
	}
}

// words splits a field at spaces; "-" is an empty one.
func words(field string) []string {
	if field == "-" {
		return nil
	}
	return strings.Fields(field)
}

// each calls row with the fields of every line that is no comment.
func each(file string, columns int, row func([]string)) {
	text, err := files.ReadFile(file)
	if err != nil {
		panic(err)
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		fields := strings.Split(line, "\t")
		if len(fields) < columns {
			panic(fmt.Sprintf("%s: %q: want %d columns", file, line, columns))
		}
		row(fields)
	}
}
