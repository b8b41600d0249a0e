package history

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"maillint/message"
)

func TestAnswered(t *testing.T) {
	to := []message.Address{{Local: "a", Domain: "firm.example"}, {Local: "b", Domain: "Firm.example"}, {Local: "c", Domain: "other.example"}, {Local: "d", Domain: "localhost"}}
	for head, want := range map[string][]string{
		"In-Reply-To: <1@firm.example>":                                  {"firm.example"},
		"References: <1@ours.example>\r\n <2@mail.FIRM.example> <3@x.y>": {"firm.example"},
		"In-Reply-To: <1@notfirm.example>":                               nil,
		"In-Reply-To: <1@firm.example.evil.test>":                        nil,
		"In-Reply-To: 1@firm.example":                                    nil, // no Message-ID
		"In-Reply-To: <>><@<":                                            nil,
		"Subject: <1@firm.example>":                                      nil,
		"References: <1@other.example> <2@firm.example>":                 {"firm.example", "other.example"}, // in the order of the recipients
	} {
		m := message.Parse([]byte("From: x@ours.example\r\n" + head + "\r\n\r\ntext\r\n"))
		if got := Answered(m, to); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", head, got, want)
		}
	}
}

// A header full of references costs no more than a short one.
func TestAnsweredIsBounded(t *testing.T) {
	head := "References: <1@firm.example>\r\n" + strings.Repeat("In-Reply-To: "+strings.Repeat("<a.b@c.d.e.example> ", 40)+"\r\n", 2000)
	var to []message.Address
	for i := range 5000 {
		to = append(to, message.Address{Local: "a", Domain: fmt.Sprintf("d%d.example", i)})
	}
	m := message.Parse([]byte(head + "\r\ntext\r\n"))
	if got := Answered(m, to); len(got) > 0 {
		t.Error(got)
	}
	// Every Message-ID that is looked at allocates; there are 80,000.
	if n := testing.AllocsPerRun(3, func() { Answered(m, to) }); n > 20*mostIDs {
		t.Errorf("%.0f allocations", n)
	}
}

func TestCorrespondents(t *testing.T) {
	c := Correspondents{}
	day := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	if !c.Note("firm.example", day) || c.Note("firm.example", day) || !c.Note("firm.example", day.AddDate(0, 0, 1)) {
		t.Error("a day counts once")
	}
	c.Note("later.example", day.Add(Kept+48*time.Hour))
	if _, ok := c["firm.example"]; ok || len(c) != 1 {
		t.Errorf("what is old stays: %v", c)
	}
	for i := range LearnedMost + 5 {
		c.Note(fmt.Sprintf("d%04d.example", i), day.Add(Kept+time.Duration(72+i)*time.Hour))
	}
	if _, ok := c["later.example"]; ok || len(c) > LearnedMost {
		t.Errorf("%d domains", len(c))
	}
}

func FuzzAnswered(f *testing.F) {
	f.Add("<1@firm.example> <2@x>")
	f.Add("<<@>@>")
	f.Fuzz(func(t *testing.T, value string) {
		if n := len(idDomains(value, mostIDs)); n > mostIDs {
			t.Errorf("%d", n)
		}
	})
}
