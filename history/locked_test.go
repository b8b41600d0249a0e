package history

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"maillint/message"
)

// What is remembered stays bounded, and the newest stays.
func TestLockedFilesStayFew(t *testing.T) {
	var l LockedFiles
	now := time.Date(2027, 1, 15, 9, 0, 0, 0, time.UTC)
	way := func(i int) []string { return []string{fmt.Sprint(i)} }
	for i := range 2*mostLocked + 7 {
		l.Note(way(i), now.Add(time.Duration(i)*time.Second))
	}
	last := 2*mostLocked + 6
	if l.n > mostLocked || !l.Lately(way(last), now.Add(time.Duration(last)*time.Second)) {
		t.Errorf("%d remembered", l.n)
	}
	for i := range mostLocked + 5 { // all at one moment
		l.Note(way(-i), now.Add(time.Hour*24*30))
	}
	n := 0
	for _, list := range l.sent {
		n += len(list)
	}
	if l.n > mostLocked || n != l.n {
		t.Errorf("%d remembered of one moment, %d counted", n, l.n)
	}
}

// The mail of a scan comes in any order; the file must go before its password,
// by a day at most.
func TestLockedFilesInAnyOrder(t *testing.T) {
	at := func(hours int) time.Time {
		return time.Date(2027, 1, 15, 9, 0, 0, 0, time.UTC).Add(time.Duration(hours) * time.Hour)
	}
	for _, order := range [][]int{{0, 40, 100}, {100, 40, 0}, {40, 0, 100, 40}} {
		var l LockedFiles
		for _, h := range order {
			l.Note([]string{"a", "b"}, at(h))
		}
		for h, want := range map[int]bool{-1: false, 0: true, 24: true, 25: false, 39: false, 41: true, 64: true, 65: false, 99: false, 124: true, 125: false} {
			if got := l.Lately([]string{"x", "b"}, at(h)); got != want {
				t.Errorf("noted at %v, asked at %d: %v", order, h, got)
			}
		}
		if l.Lately([]string{"x"}, at(1)) || l.Lately(nil, at(1)) {
			t.Error("another way")
		}
	}
}

func TestPasswordWays(t *testing.T) {
	from := message.Address{Local: "a", Domain: "ours.example"}
	to := func(locals ...string) (out []message.Address) {
		for _, l := range locals {
			out = append(out, message.Address{Local: l, Domain: "Out.example"})
		}
		return out
	}
	file := message.Parse([]byte("Message-ID: <1@ours.example>\r\nReferences: <0@out.example>\r\n\r\n"))
	noted := LockedWays(file, from, to("x", "y"))
	for _, c := range []struct {
		name string
		head string
		from message.Address
		to   []message.Address
		want bool
	}{
		{"to the same", "", from, to("y", "x"), true},
		{"to one of them and another", "", from, to("z", "X"), true},
		{"to another", "", from, to("z"), false},
		{"to another, in the thread", "In-Reply-To: <1@ours.example>", from, to("z"), true},
		{"to another, further down the thread", "References: <1@ours.example> <2@out.example>", from, to("z"), true},
		{"an answer to what the file answered", "References: <0@out.example>", from, to("z"), false},
		{"somebody else's", "In-Reply-To: <1@ours.example>", message.Address{Local: "b", Domain: "ours.example"}, to("x"), false},
		{"to nobody", "", from, nil, false},
	} {
		asked := PasswordWays(message.Parse([]byte(c.head+"\r\n\r\n")), c.from, c.to)
		got := slices.ContainsFunc(asked, func(way string) bool { return slices.Contains(noted, way) })
		if got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if n := len(LockedWays(file, from, make([]message.Address, 5*mostWays))); n > mostWays+1 {
		t.Errorf("%d ways", n)
	}
}
