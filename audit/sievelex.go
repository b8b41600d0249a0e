package audit

import (
	"fmt"
	"strings"
)

// tokenKind is the kind of a token of Sieve (RFC 5228, 8.1).
type tokenKind int

const (
	endToken tokenKind = iota
	wordToken
	tagToken
	stringToken
	numberToken
	markToken // one of [ ] ( ) { } , ;
)

// token is one token with the line it begins on.
type token struct {
	kind tokenKind
	text string
	line int
}

// sieveError is a fault of a script, with its line.
type sieveError struct {
	line int
	text string
}

func (e *sieveError) Error() string { return e.text }

// lexer cuts a script into tokens.
type lexer struct {
	src  string
	pos  int
	line int
}

func (l *lexer) fail(line int, format string, args ...any) error {
	return &sieveError{line: line, text: fmt.Sprintf(format, args...)}
}

// next gives the next token; endToken at the end.
func (l *lexer) next() (token, error) {
	if err := l.blanks(); err != nil {
		return token{}, err
	}
	if l.pos >= len(l.src) {
		return token{kind: endToken, line: l.line}, nil
	}
	start, line := l.pos, l.line
	switch c := l.src[l.pos]; {
	case c == '"':
		return l.quoted()
	case strings.IndexByte("[](){},;", c) >= 0:
		l.pos++
		return token{markToken, string(c), line}, nil
	case c == ':':
		l.pos++
		l.skipWord()
		return token{tagToken, strings.ToLower(l.src[start+1 : l.pos]), line}, nil
	case digit(c):
		for l.pos < len(l.src) && (digit(l.src[l.pos]) || letter(l.src[l.pos])) {
			l.pos++
		}
		return token{numberToken, l.src[start:l.pos], line}, nil
	case letter(c):
		l.skipWord()
		word := strings.ToLower(l.src[start:l.pos])
		if word == "text" && l.pos < len(l.src) && l.src[l.pos] == ':' {
			l.pos++
			return l.multiline()
		}
		return token{wordToken, word, line}, nil
	}
	return token{}, l.fail(line, "the character %q has no place in a Sieve script", clip(strings.ToValidUTF8(l.src[l.pos:min(len(l.src), l.pos+4)], "?"), 1))
}

func digit(c byte) bool  { return c >= '0' && c <= '9' }
func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }

func (l *lexer) skipWord() {
	for l.pos < len(l.src) && (letter(l.src[l.pos]) || digit(l.src[l.pos]) || l.src[l.pos] == '.') {
		l.pos++
	}
}

// blanks skips white space and comments.
func (l *lexer) blanks() error {
	for l.pos < len(l.src) {
		switch c := l.src[l.pos]; {
		case c == '\n':
			l.line++
			l.pos++
		case c == ' ' || c == '\t' || c == '\r' || c == '\f':
			l.pos++
		case strings.HasPrefix(l.src[l.pos:], "\ufeff"):
			l.pos += len("\ufeff")
		case strings.HasPrefix(l.src[l.pos:], "\u3000"): // a wide blank, typed by mistake
			l.pos += len("\u3000")
		case c == '#':
			if i := strings.IndexByte(l.src[l.pos:], '\n'); i >= 0 {
				l.pos += i
			} else {
				l.pos = len(l.src)
			}
		case strings.HasPrefix(l.src[l.pos:], "/*"):
			i := strings.Index(l.src[l.pos+2:], "*/")
			if i < 0 {
				return l.fail(l.line, "a comment that is never closed: the script was cut off")
			}
			l.line += strings.Count(l.src[l.pos:l.pos+i+4], "\n")
			l.pos += i + 4
		default:
			return nil
		}
	}
	return nil
}

// quoted reads "...", in which a backslash quotes the next character.
func (l *lexer) quoted() (token, error) {
	line := l.line
	var b strings.Builder
	for i := l.pos + 1; i < len(l.src); i++ {
		switch c := l.src[i]; c {
		case '"':
			l.pos = i + 1
			return token{stringToken, b.String(), line}, nil
		case '\\':
			if i++; i < len(l.src) {
				b.WriteByte(l.src[i])
			}
		default:
			if c == '\n' {
				l.line++
			}
			b.WriteByte(c)
		}
	}
	return token{}, l.fail(line, "a string that is never closed: the script was cut off")
}

// multiline reads text: up to a line with a dot alone; a doubled dot at the
// beginning of a line is one dot.
func (l *lexer) multiline() (token, error) {
	line := l.line
	end := strings.IndexByte(l.src[l.pos:], '\n')
	if end < 0 {
		return token{}, l.fail(line, "a text: that is never closed: the script was cut off")
	}
	if rest := strings.TrimSpace(l.src[l.pos : l.pos+end]); rest != "" && rest[0] != '#' {
		return token{}, l.fail(line, "text: wants a new line")
	}
	l.pos += end + 1
	l.line++
	var b strings.Builder
	for l.pos < len(l.src) {
		row, rest, more := strings.Cut(l.src[l.pos:], "\n")
		row = strings.TrimSuffix(row, "\r")
		l.pos = len(l.src) - len(rest)
		if more {
			l.line++
		}
		if row == "." {
			return token{stringToken, b.String(), line}, nil
		}
		b.WriteString(strings.TrimPrefix(row, dotIf(strings.HasPrefix(row, ".."))))
		b.WriteByte('\n')
	}
	return token{}, l.fail(line, "a text: that is never closed: the script was cut off")
}

func dotIf(b bool) string {
	if b {
		return "."
	}
	return ""
}
