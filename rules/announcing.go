package rules

import (
	_ "embed"
	"fmt"
	"iter"
	"slices"
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
	chapter   int
	lists     span // of what it must hold: numbers of phrasebook.lists
	starts    map[int32]bool
}

// span is a stretch of numbers, the last one out.
type span struct{ from, to int }

// phrasebook is data/announcing.txt, with all texts that its wordings need or
// start with in sets: one pass over a sentence tells which wordings are worth
// a try, and where. Wordings that need one of cueChapters' words are in a
// chapter of their own, which is passed over where there is none.
type phrasebook struct {
	wordings []wording
	chapters [len(cueChapters) + 1]chapter
	lists    int         // how many lists of hints there are
	post     *needle.Set // what tells that enclosures go by post
}

// chapter holds the texts of some of the wordings.
type chapter struct {
	cues    *needle.Set // one of which a sentence must hold; nil for none
	needles *needle.Set
	listsOf [][]int32 // of each needle, the lists that it stands in
	texts   []string
	number  map[string]int32
}

// phrases reads the file once. It is part of the program, and a test reads
// it, so a mistake in it is a mistake in the program.
var phrases = sync.OnceValue(func() *phrasebook {
	book := &phrasebook{}
	for i := range book.chapters {
		book.chapters[i].number = map[string]int32{}
		if i < len(cueChapters) {
			book.chapters[i].cues = needle.New(cueChapters[i])
		}
	}
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
			book.add(verb == "yes", rest)
		case "post":
			book.post = needle.New(strings.Split(rest, "|"))
		default:
			panic(fmt.Sprintf("data/announcing.txt: %q", line))
		}
	}
	for i := range book.chapters {
		book.chapters[i].needles = needle.New(book.chapters[i].texts)
	}
	return book
})

func (b *phrasebook) add(announces bool, pattern string) {
	p, err := hint.Compile(pattern)
	if err != nil {
		panic(fmt.Sprintf("data/announcing.txt: %v", err))
	}
	lists := hint.Of(pattern)
	w := wording{announces: announces, pattern: p, chapter: chapterOf(lists), starts: map[int32]bool{}}
	w.lists = span{b.lists, b.lists + len(lists)}
	c := &b.chapters[w.chapter]
	for i, list := range lists {
		for _, text := range list {
			k := c.text(text)
			c.listsOf[k] = append(c.listsOf[k], int32(b.lists+i))
		}
	}
	for _, text := range p.Starts {
		w.starts[c.text(text)] = true
	}
	b.lists += len(lists)
	b.wordings = append(b.wordings, w)
}

// chapterOf is the chapter of a wording that needs a text of each list: one
// whose cues all texts of a list hold, else the last.
func chapterOf(lists [][]string) int {
	for i, cues := range cueChapters {
		for _, list := range lists {
			if !slices.ContainsFunc(list, func(s string) bool {
				return !slices.ContainsFunc(cues, func(c string) bool { return strings.Contains(s, c) })
			}) {
				return i
			}
		}
	}
	return len(cueChapters)
}

// text numbers a needle.
func (c *chapter) text(s string) int32 {
	k, ok := c.number[s]
	if !ok {
		k = int32(len(c.texts))
		c.number[s] = k
		c.texts = append(c.texts, s)
		c.listsOf = append(c.listsOf, nil)
	}
	return k
}

// sentence is what is known of one while it is judged.
type sentence struct {
	*phrasebook
	text  string
	hits  [len(cueChapters) + 1][]needle.Hit
	holds []bool // of each list of hints: one of its texts is there
}

func (s *sentence) set(text string) {
	s.text = text
	clear(s.holds)
	for i := range s.chapters {
		c := &s.chapters[i]
		s.hits[i] = s.hits[i][:0]
		if c.cues != nil && !c.cues.In(text) {
			continue
		}
		s.hits[i] = c.needles.Scan(text, s.hits[i])
		for _, h := range s.hits[i] {
			for _, list := range c.listsOf[h.Needle] {
				s.holds[list] = true
			}
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
	for _, h := range s.hits[w.chapter] {
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

// cueChapters are what a sentence must hold to be looked at, by language.
var cueChapters = [...][]string{
	{"attach", "enclos", "atach", "attch", "attatch", "pfa"},
	{"添付", "添附", "別添", "同封", "別紙", "貼付", "送付", "送り", "送信", "付け"},
}

var (
	cues = needle.New(slices.Concat(cueChapters[0], cueChapters[1]))
	// rawCues are in every text that holds a cue once it is folded: folding
	// narrows wide letters (U+FF01 to U+FF5E), takes characters out and joins
	// Japanese ones.
	rawCues = needle.NewFolded(append([]string{"添", "別", "同", "送", "付", "*", "\u00ad", "\u200b", "\xef\xbc", "\xef\xbd"}, cueChapters[0]...))
)

// announced gives the first sentence of a text that announces an attachment,
// as it is written; "" where none does.
func announced(text string) string {
	text = text[:min(len(text), ownMost)]
	if !rawCues.In(text) {
		return ""
	}
	for p := range paragraphs(text) {
		if !rawCues.In(p) {
			continue
		}
		for _, s := range sentences(p) {
			if !rawCues.In(s) {
				continue
			}
			if folded := notByPost(foldSentence(s), text); cued(folded) && announces(folded) {
				return s
			}
		}
	}
	return ""
}

// notByPost is a sentence without what it encloses, where the text tells that
// something goes by post: the envelope holds it, not the message.
func notByPost(sentence, text string) string {
	if strings.Contains(sentence, "同封") && phrases().post.In(text) {
		return strings.ReplaceAll(sentence, "同封", "·")
	}
	return sentence
}

// paragraphs are the stretches of a text between blank lines; a sentence ends
// with its paragraph.
func paragraphs(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		start, at := 0, 0
		for line := range strings.Lines(text) {
			at += len(line)
			if strings.TrimSpace(line) == "" {
				if !yield(text[start:at]) {
					return
				}
				start = at
			}
		}
		yield(text[start:])
	}
}

func cued(s string) bool { return cues.In(s) }

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

// quoteMarks are what quotes replaces.
var quoteMarks = needle.New([]string{"’", "‘", "`", "´", "“", "”", "\u00ad", "\u200b", "*"})

var quotes = strings.NewReplacer("’", "'", "‘", "'", "`", "'", "´", "'", "“", "\"", "”", "\"", "\u00ad", "", "\u200b", "", "*", "")

// foldSentence makes spellings the same: lower case, widths, quotation marks,
// one blank between words and none beside Japanese characters.
func foldSentence(s string) string {
	s = needle.Lower(narrow(s))
	if quoteMarks.In(s) {
		s = quotes.Replace(s)
	}
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

// narrow gives characters their usual width. ASCII, kana and Chinese
// characters have it.
func narrow(s string) string {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c < utf8.RuneSelf:
		case c >= 0xE4 && c <= 0xE9 && i+2 < len(s) && s[i+1]&0xC0 == 0x80 && s[i+2]&0xC0 == 0x80, // U+4000 to U+9FFF
			c == 0xE3 && i+2 < len(s) && s[i+1] >= 0x80 && s[i+1] <= 0x83 && s[i+2]&0xC0 == 0x80 && s[i+1:i+3] != "\x80\x80": // U+3001 to U+30FF
			i += 2
		default:
			return width.Fold.String(s)
		}
	}
	return s
}

func japanese(r rune) bool {
	return r >= 0x3000 && r <= 0x30ff || unicode.Is(unicode.Han, r)
}
