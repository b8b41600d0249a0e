package rules

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"maillint/internal/hint"
	"maillint/internal/needle"
)

//go:embed data/announcing.txt
var announcingFile string

// wording is one line of data/announcing.txt.
type wording struct {
	announces bool
	pattern   *hint.Pattern
	lists     span // of what it must hold: numbers of phrasebook.lists
	starts    map[int32]bool
}

// span is a stretch of numbers, the last one out.
type span struct{ from, to int }

// phrasebook is data/announcing.txt, with all texts that its wordings need or
// start with in one set: one pass over a sentence tells which wordings are worth
// a try, and where.
type phrasebook struct {
	wordings []wording
	needles  *needle.Set
	lists    int       // how many lists of hints there are
	listsOf  [][]int32 // of each needle, the lists that it stands in
}

// phrases reads the file once. It is part of the program, and a test reads
// it, so a mistake in it is a mistake in the program.
var phrases = sync.OnceValue(func() *phrasebook {
	b := bookBinder{number: map[string]int32{}}
	names := map[string]string{}
	for line := range strings.Lines(announcingFile) {
		line = strings.TrimRight(line, "\r\n")
		verb, rest, _ := strings.Cut(line, " ")
		for name, pattern := range names {
			rest = strings.ReplaceAll(rest, "{"+name+"}", pattern)
		}
		switch verb {
		case "", "#":
		case "let":
			name, pattern, _ := strings.Cut(rest, " ")
			names[name] = pattern
		case "yes", "no":
			b.add(verb == "yes", rest)
		default:
			panic(fmt.Sprintf("data/announcing.txt: %q", line))
		}
	}
	b.book.needles = needle.New(b.texts)
	return &b.book
})

// bookBinder puts a phrasebook together.
type bookBinder struct {
	book   phrasebook
	texts  []string
	number map[string]int32
}

func (b *bookBinder) add(announces bool, pattern string) {
	p, err := hint.Compile(pattern)
	if err != nil {
		panic(fmt.Sprintf("data/announcing.txt: %v", err))
	}
	w := wording{announces: announces, pattern: p, starts: map[int32]bool{}}
	w.lists.from = b.book.lists
	for _, list := range hint.Of(pattern) {
		for _, text := range list {
			k := b.text(text)
			b.book.listsOf[k] = append(b.book.listsOf[k], int32(b.book.lists))
		}
		b.book.lists++
	}
	w.lists.to = b.book.lists
	for _, text := range p.Starts {
		w.starts[b.text(text)] = true
	}
	b.book.wordings = append(b.book.wordings, w)
}

// text numbers a needle.
func (b *bookBinder) text(s string) int32 {
	k, ok := b.number[s]
	if !ok {
		k = int32(len(b.texts))
		b.number[s] = k
		b.texts = append(b.texts, s)
		b.book.listsOf = append(b.book.listsOf, nil)
	}
	return k
}

// sentence is what is known of one while it is judged.
type sentence struct {
	*phrasebook
	text  string
	hits  []needle.Hit
	holds []bool // of each list of hints: one of its texts is there
}

func (s *sentence) set(text string) {
	s.text = text
	s.hits = s.needles.Scan(text, s.hits[:0])
	clear(s.holds)
	for _, h := range s.hits {
		for _, list := range s.listsOf[h.Needle] {
			s.holds[list] = true
		}
	}
}

// all gives where a wording matches. Most are ruled out by a word that the
// sentence does not have.
func (s *sentence) all(w *wording, most int) [][]int {
	for _, there := range s.holds[w.lists.from:w.lists.to] {
		if !there {
			return nil
		}
	}
	var places []int
	for _, h := range s.hits {
		if at := int(h.At); w.starts[h.Needle] && (len(places) == 0 || places[len(places)-1] != at) {
			places = append(places, at)
		}
	}
	return w.pattern.All(s.text, places, most)
}

// without is the sentence without some of its stretches.
func (s *sentence) without(stretches [][]int) string {
	var b strings.Builder
	end := 0
	for _, loc := range stretches {
		b.WriteString(s.text[end:loc[0]])
		b.WriteString(" · ")
		end = loc[1]
	}
	b.WriteString(s.text[end:])
	return b.String()
}

// cues are what a sentence must hold to be looked at.
var cues = []string{"attach", "enclos", "atach", "attch", "attatch", "添付", "添附", "別添", "同封", "別紙", "貼付", "送付", "送り", "送信"}

// announced gives the first sentence of a text that announces an attachment,
// as it is written; "" where none does.
func announced(text string) string {
	text = text[:min(len(text), ownMost)]
	if !mayBeCued(text) {
		return ""
	}
	for _, s := range sentences(text) {
		if !mayBeCued(s) {
			continue
		}
		folded := foldSentence(s)
		if cued(folded) && announces(folded) {
			return s
		}
	}
	return ""
}

// mayBeCued looks at a text as it is written: what it rules out holds no cue
// after folding either. Folding narrows widths, takes characters out and joins
// Japanese ones, so any of these goes on.
func mayBeCued(s string) bool {
	for i, r := range s {
		if r >= utf8.RuneSelf {
			return mayBeCuedWide(s[i:]) || cued(strings.ToLower(s))
		}
		if r == '*' {
			return true
		}
	}
	return cued(strings.ToLower(s))
}

func mayBeCuedWide(s string) bool {
	for _, r := range s {
		switch {
		case r >= 0xff01 && r <= 0xff5e: // full-width letters
			return true
		case strings.ContainsRune("添別同貼送*\u00ad\u200b", r):
			return true
		}
	}
	return false
}

func cued(s string) bool {
	for _, c := range cues {
		if strings.Contains(s, c) {
			return true
		}
	}
	return false
}

// announces goes through the wordings in their order. A sentence that is cut
// (sentenceMost) is judged by what is left of it.
func announces(text string) bool {
	book := phrases()
	s := sentence{phrasebook: book, holds: make([]bool, book.lists)}
	s.set(text)
	for i := range book.wordings {
		w := &book.wordings[i]
		if w.announces {
			if s.all(w, 1) != nil {
				return true
			}
			continue
		}
		if found := s.all(w, -1); found != nil {
			if s.set(s.without(found)); !cued(s.text) {
				return false
			}
		}
	}
	return false
}

const (
	ownMost      = 256 << 10 // octets of new text that are looked at
	sentenceMost = 1200      // octets of a sentence
)

// sentences cuts a text at the ends of its sentences and paragraphs. A line
// that is broken inside a sentence is joined with the next.
func sentences(text string) []string {
	var out []string
	var cur strings.Builder
	flush := func() {
		if s := strings.TrimSpace(cur.String()); s != "" {
			out = append(out, s)
		}
		cur.Reset()
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || startsItem(line) {
			flush()
		}
		for line != "" {
			n := sentenceEnd(line)
			if cur.Len() > 0 {
				cur.WriteByte(' ')
			}
			cur.WriteString(line[:n])
			if n < len(line) || endsSentence(line) || cur.Len() > sentenceMost {
				flush()
			}
			line = strings.TrimSpace(line[n:])
		}
	}
	flush()
	return out
}

// startsItem: a line that starts something of its own: an item, a heading.
func startsItem(line string) bool {
	r, n := utf8.DecodeRuneInString(line)
	if strings.ContainsRune("-*・•●○◎■□◆◇▼▽※★☆【［[＜→①②③④⑤⑥⑦⑧⑨", r) {
		return true
	}
	return r >= '0' && r <= '9' && len(line) > n && (line[n] == '.' || line[n] == ')')
}

// sentenceEnd is how much of a line is the rest of a sentence, at most
// sentenceMost.
func sentenceEnd(line string) int {
	for i, r := range line {
		_, size := utf8.DecodeRuneInString(line[i:]) // one octet of broken UTF-8, not three
		after := line[i+size:]
		switch r {
		case '。', '！', '？', '．':
			return len(line) - len(after)
		case '.', '!', '?', ';':
			if after == "" || (after[0] == ' ' || after[0] == '\t') && !abbreviates(line[:i]) {
				return len(line) - len(after)
			}
		}
		if i > sentenceMost {
			return i
		}
	}
	return len(line)
}

// abbreviates: a full stop after "Mr", "e.g", "No" ends nothing.
func abbreviates(before string) bool {
	word := strings.ToLower(before[strings.LastIndexAny(before, " \t(")+1:])
	switch word {
	case "mr", "mrs", "ms", "dr", "prof", "no", "e.g", "i.e", "inc", "ltd", "co", "corp", "st", "vs", "etc", "fig", "approx", "pls":
		return true
	}
	return len(word) == 1 && word >= "a" && word <= "z" && word != "i"
}

func endsSentence(line string) bool {
	r, _ := utf8.DecodeLastRuneInString(line)
	return strings.ContainsRune("。！？．.!?:：;", r)
}

var quotes = strings.NewReplacer("’", "'", "‘", "'", "`", "'", "´", "'", "“", "\"", "”", "\"", "\u00ad", "", "\u200b", "", "*", "")

// foldSentence makes spellings the same: lower case, widths, quotation marks,
// one blank between words and none beside Japanese characters.
func foldSentence(s string) string {
	s = strings.ToLower(width.Fold.String(s))
	s = quotes.Replace(s)
	var b strings.Builder
	var last rune
	for _, word := range strings.Fields(s) {
		first, _ := utf8.DecodeRuneInString(word)
		if b.Len() > 0 && !japanese(last) && !japanese(first) {
			b.WriteByte(' ')
		}
		b.WriteString(word)
		last, _ = utf8.DecodeLastRuneInString(word)
	}
	return b.String()
}

func japanese(r rune) bool {
	return r >= 0x3000 && r <= 0x30ff || unicode.Is(unicode.Han, r)
}
