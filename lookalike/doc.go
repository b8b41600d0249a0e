// Package lookalike finds mistyped mail domains: gmial.com, docomo.nejp,
// is.softbank.jp, gmail.com.example.net, and the same for the domains of an
// organisation and of the partners it writes to.
//
// An Index is built once from the domains to protect and answers for one
// domain at a time:
//
//	index := lookalike.New(lookalike.Default(), lookalike.Options{Own: []string{"example.ac.jp"}})
//	if m, ok := index.Match("gmial.com"); ok {
//		fmt.Println(m.Intended, m.Certainty, m.Sentence("en"))
//	}
//
// The steps of Match are tried in a fixed order, and the first one that has
// something to say ends the search. What cannot be decided from the name alone
// (docomo.co.jp is a company of its own, jmail.com a provider) is silent or
// Info, never more.
//
// The package reads no network and no clock. What it knows of the world is in
// data/*.tsv, each file with its source in the header.
package lookalike
