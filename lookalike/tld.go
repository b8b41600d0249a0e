package lookalike

import "strings"

// anyTLD mends an impossible end behind a name that is not known: x.con,
// x.co.jo, x.cojp, x.com.com.
func anyTLD(q *query) (finding, bool) {
	dot := strings.LastIndexByte(q.name, '.')
	if dot < 0 {
		return finding{}, false
	}
	front, tail := q.name[:dot], q.name[dot+1:]
	mended, kind := lateDot(front, tail), Dot
	if mended == "" {
		kind = TLD
		if q.exists {
			mended = oddEnd(front, tail)
		} else if mend := mendTLD(lastLabel(front), tail); mend != "" {
			mended = front + "." + mend
		}
	}
	if mended == "" {
		return shortenedTLD(front, tail)
	}
	return finding{mended, kind, Likely}, true
}

// shortenedTLD points at x.om, x.et and x.ne: countries in which few register
// right below the top, and one letter short of com and net.
func shortenedTLD(front, tail string) (finding, bool) {
	mended := ""
	switch tail {
	case "om":
		mended = "com"
	case "et", "ne":
		mended = "net"
	}
	if mended == "" || strings.Contains(front, ".") {
		return finding{}, false
	}
	return finding{front + "." + mended, Suffix, Info}, true
}

// lateDot mends a dot that came one letter too late: somethingc.om. There are
// such countries (om, et), so the rest has to be a plain long label.
func lateDot(front, tail string) string {
	if len(front) < 6 || strings.Contains(front, ".") {
		return ""
	}
	for _, s := range [...]string{"com", "net", "org"} {
		if tail == s[1:] && strings.HasSuffix(front, s[:1]) {
			return front[:len(front)-1] + "." + s
		}
	}
	return ""
}

// oddEnd mends ends that exist and that nobody means: x.com.com, x.con.com,
// and x.co.jo, where what is a suffix in Japan would be a name elsewhere.
func oddEnd(front, tail string) string {
	host, label := "", front
	if i := strings.LastIndexByte(front, '.'); i >= 0 {
		host, label = front[:i], front[i+1:]
	}
	switch {
	case host == "":
		return ""
	case tail == "com" && (label == "com" || label == "con"), tail == "jp" && label == "jp":
		return host + "." + tail
	case len(tail) == 2 && secondJP[label] && distance(tail, "jp", 1) == 1 && labelOf(front+"."+tail) == label:
		return front + ".jp"
	}
	return ""
}

// secondJP are the second-level suffixes of Japan.
var secondJP = map[string]bool{"co": true, "ne": true, "or": true, "ac": true, "go": true, "ed": true, "lg": true, "gr": true}

// runTogether are the common suffixes of two labels, without their dot.
var runTogether = map[string]string{
	"cojp": "co.jp", "nejp": "ne.jp", "orjp": "or.jp", "acjp": "ac.jp", "gojp": "go.jp", "edjp": "ed.jp",
	"lgjp": "lg.jp", "couk": "co.uk", "acuk": "ac.uk", "comau": "com.au", "combr": "com.br", "comtw": "com.tw",
	"comcn": "com.cn", "cokr": "co.kr", "ackr": "ac.kr", "edutw": "edu.tw", "educn": "edu.cn",
}

// mendTLD gives the suffix that an impossible last label was meant to be, or
// nothing. The label before it tells co.jp from others.
func mendTLD(second, tail string) string {
	if s := runTogether[tail]; s != "" {
		return s
	}
	if secondJP[second] && distance(tail, "jp", 1) == 1 {
		return "jp"
	}
	if strings.HasPrefix(tail, "com") && len(tail) <= 5 {
		return "com"
	}
	for _, s := range [...]string{"com", "net", "org", "jp", "edu", "gov"} {
		if len(tail) > 1 && distance(tail, s, 1) == 1 {
			return s
		}
	}
	return ""
}

// missingDot mends a name without any dot that ends like a domain.
func missingDot(name string) string {
	if wordsInNet[name] {
		return ""
	}
	for _, tld := range [...]string{"cojp", "nejp", "acjp", "com", "net", "org"} {
		if label, ok := strings.CutSuffix(name, tld); ok && len(label) >= 4 {
			if dotted := runTogether[tld]; dotted != "" {
				tld = dotted
			}
			return label + "." + tld
		}
	}
	return ""
}

// wordsInNet are words that end like a domain without its dot, as hosts of
// private networks are called.
var wordsInNet = map[string]bool{
	"intranet": true, "extranet": true, "internet": true, "ethernet": true, "telecom": true,
	"intercom": true, "fortinet": true, "bacnet": true, "profinet": true, "usenet": true,
}
