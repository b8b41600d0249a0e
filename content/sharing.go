package content

import (
	"embed"
	"fmt"
	"strings"
	"sync"
)

//go:embed data/*.tsv
var linkFiles embed.FS

// linkData is what the files in data/ say about addresses of the web, by
// registrable domain; "" for what stands on any host.
type linkData struct {
	rewriters map[string][]unwrapping
	sharing   map[string][]sharingPlace
}

// sharingPlace is one row of data/sharing.tsv.
type sharingPlace struct {
	glob glob
	name string
}

// shippedLinks reads the files once. They are part of the program, and a test
// reads them all, so a mistake in them is a mistake in the program.
var shippedLinks = sync.OnceValue(func() *linkData {
	d := &linkData{map[string][]unwrapping{}, map[string][]sharingPlace{}}
	rows("data/rewriters.tsv", 5, func(f []string) {
		g := newGlob(f[0], f[1])
		how, _, hide := strings.Cut(f[2], ",")
		d.rewriters[g.site()] = append(d.rewriters[g.site()], unwrapping{g, how, strings.Trim(f[3], "\""), hide})
	})
	rows("data/sharing.tsv", 3, func(f []string) {
		g := newGlob(f[0], f[1])
		d.sharing[g.site()] = append(d.sharing[g.site()], sharingPlace{g, f[2]})
	})
	return d
})

// rows calls row with the columns of every line that is no comment.
func rows(file string, columns int, row func([]string)) {
	text, err := linkFiles.ReadFile(file)
	if err != nil {
		panic(err)
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != columns {
			panic(fmt.Sprintf("%s: %q: want %d columns", file, line, columns))
		}
		row(f)
	}
}

// Sharing names the file-sharing service that an address leads to a file or
// folder of; empty for everything else, a service's home page among it.
func Sharing(target string) string {
	u, ok := ParseURL(target)
	if !ok {
		return ""
	}
	for _, site := range []string{tail(u.Host), ""} {
		for _, p := range shippedLinks().sharing[site] {
			if p.glob.match(u.Host, u.Rest) {
				return p.name
			}
		}
	}
	return ""
}

// glob is a pattern of addresses: a host ("*.example.com": what is below it,
// "files.*": what starts so, "example.com": the host alone, "*": any) and a
// start of path and query in which * stands for anything.
type glob struct{ host, path string }

func newGlob(host, path string) glob {
	if path == "-" {
		path = ""
	}
	return glob{host, strings.ToLower(path)}
}

// site is what the pattern is looked up by; "" where the host is not fixed.
func (g glob) site() string {
	if strings.HasSuffix(g.host, "*") {
		return ""
	}
	return tail(g.host)
}

// tail is the last two labels of a host.
func tail(host string) string {
	if i := strings.LastIndexByte(host, '.'); i >= 0 {
		if i = strings.LastIndexByte(host[:i], '.'); i >= 0 {
			return host[i+1:]
		}
	}
	return host
}

func (g glob) match(host, rest string) bool {
	switch {
	case g.host == "*":
	case g.host[0] == '*' && !strings.HasSuffix(host, g.host[1:]):
		return false
	case strings.HasSuffix(g.host, "*") && !strings.HasPrefix(host, strings.TrimSuffix(g.host, "*")):
		return false
	case !strings.Contains(g.host, "*") && host != g.host:
		return false
	}
	return starts(strings.ToLower(rest), g.path)
}

// starts reports whether s starts with a pattern in which * stands for
// anything. Each piece is looked for once: time grows with the length of s.
func starts(s, pattern string) bool {
	first, more, wild := strings.Cut(pattern, "*")
	if !strings.HasPrefix(s, first) {
		return false
	}
	s = s[len(first):]
	for wild {
		first, more, wild = strings.Cut(more, "*")
		i := strings.Index(s, first)
		if i < 0 {
			return false
		}
		s = s[i+len(first):]
	}
	return true
}
