package history

import (
	"fmt"
	"testing"
	"time"

	"maillint/message"
)

// What is remembered stays bounded, and the newest stays.
func TestLockedFilesStayFew(t *testing.T) {
	var l LockedFiles
	now := time.Date(2027, 1, 15, 9, 0, 0, 0, time.UTC)
	key := func(i int) string {
		return Way(message.Address{}, []message.Address{{Local: fmt.Sprint(i), Domain: "x.example"}})
	}
	for i := range 3 * mostLocked {
		l.Note(key(i), now.Add(time.Duration(i)*time.Millisecond))
	}
	if len(l.sent) > mostLocked || !l.Lately(key(3*mostLocked-1), now) {
		t.Errorf("%d remembered", len(l.sent))
	}
	for i := range mostLocked + 5 { // all at one moment
		l.Note(key(-i), now)
	}
	if len(l.sent) > mostLocked+1 {
		t.Errorf("%d remembered of one moment", len(l.sent))
	}
}
