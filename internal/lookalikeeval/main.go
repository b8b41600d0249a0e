// Command lookalikeeval measures package lookalike on labelled domains: how
// many documented slips it finds, how often it names the right domain, how many
// honest domains it flags, and how fast it is.
//
//	go run ./internal/lookalikeeval -positives F -negatives F [-contested F] [-partners F] [-rounds N] [-rules] [-show]
//
// The files are tab-separated with a header line, plain or gzipped: domain,
// intended, kind, tier; domain, class; domain; domain, intended, kind. A domain
// is flagged when the certainty is likely or certain. -rules measures without the
// shipped lists: what to expect of honest names that no list holds.
package main

import (
	"bufio"
	"compress/gzip"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
)

func main() {
	log.SetFlags(0)
	positives := flag.String("positives", "", "documented slips: domain, intended, kind, tier")
	negatives := flag.String("negatives", "", "honest domains: domain, class")
	contested := flag.String("contested", "", "names that must stay silent or info: domain")
	partners := flag.String("partners", "", "slips of partners' domains: domain, intended, kind")
	rules := flag.Bool("rules", false, "leave out the shipped lists of honest names, contested names and words")
	rounds := flag.Int("rounds", 0, "measure with that many sets of a thousand partners drawn from the negatives, and slips generated for them")
	show := flag.Bool("show", false, "print every miss and every false alarm")
	flag.Parse()

	r := report{out: os.Stdout, show: *show, rules: *rules}
	index := r.index(nil)
	honest := read(*negatives)
	r.recall(index, read(*positives))
	r.falseAlarms("honest domains", index, honest)
	r.contested(index, read(*contested))
	r.partners(read(*partners), honest)
	r.learned(honest, *rounds)
	r.speed(index, honest)
}

// read gives the rows of a file without its header; of no file, none.
func read(name string) [][]string {
	if name == "" {
		return nil
	}
	f, err := os.Open(name)
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			log.Fatalf("%s: %v", name, err)
		}
	}
	var rows [][]string
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		rows = append(rows, strings.Split(lines.Text(), "\t"))
	}
	if err := lines.Err(); err != nil {
		log.Fatalf("%s: %v", name, err)
	}
	if len(rows) == 0 {
		return nil
	}
	return rows[1:]
}

// percent prints a share.
func percent(n, of int) string {
	if of == 0 {
		return "-"
	}
	return fmt.Sprintf("%.3f %% (%d of %d)", 100*float64(n)/float64(of), n, of)
}
