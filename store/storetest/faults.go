package storetest

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"maillint/store"
)

func testRecipients(t *testing.T, h Harness) {
	s := open(t, h.Place(t), newClock())
	body := text(1, 100)
	it := item("many", body)
	it.Recipients = nil
	for i := range 1000 {
		it.Recipients = append(it.Recipients, store.Recipient{Address: fmt.Sprintf("person-%d@example.com", i), State: store.Waiting, Params: []string{"NOTIFY=NEVER"}})
		it.Findings[0].Recipients = append(it.Findings[0].Recipients, fmt.Sprintf("person-%d@example.com", i))
	}
	hold(t, s, it, body)
	decide(t, s, "many", store.Releasing)
	list, err := s.Claim(ctx, "w", time.Minute, 1)
	if err != nil || len(list) != 1 || len(list[0].Recipients) != 1000 || list[0].Recipients[999].Address != "person-999@example.com" {
		t.Errorf("%v %v", ids(list), err)
	}
}

// pattern is a body of any size that takes no memory.
type pattern struct{ size int64 }

// ReadAt gives octets that depend on their place.
func (p pattern) ReadAt(b []byte, off int64) (int, error) {
	for i := range b {
		at := off + int64(i)
		if at >= p.size {
			return i, io.EOF
		}
		b[i] = byte(at*2654435761>>13) ^ byte(at>>20)
	}
	return len(b), nil
}

// peak watches the heap until it is stopped, and gives the most it saw.
func peak() (stop func() uint64) {
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	quit, most := make(chan struct{}), make(chan uint64)
	go func() {
		var top uint64
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			top = max(top, m.HeapAlloc)
			select {
			case <-quit:
				most <- top - min(top, before.HeapAlloc)
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return func() uint64 { close(quit); return <-most }
}

func testLarge(t *testing.T, h Harness) {
	s := open(t, h.Place(t), newClock())
	const size = 50 << 20
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(pattern{size}, 0, size)); err != nil {
		t.Fatal(err)
	}
	stop := peak()
	it := item("large", nil)
	it.Hash = store.Hash(sum.Sum(nil))
	if err := s.Hold(ctx, []*store.Item{it}, pattern{size}, size); err != nil {
		t.Fatal(err)
	}
	b, err := s.Body(ctx, "large")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	back := sha256.New()
	if n, err := io.Copy(back, io.NewSectionReader(b, 0, b.Size())); err != nil || n != size || store.Hash(back.Sum(nil)) != it.Hash {
		t.Errorf("%d octets read back, %v", n, err)
	}
	if most := stop(); most > 32<<20 {
		t.Errorf("%d MiB of memory for a message of %d", most>>20, size>>20)
	}
	at := make([]byte, 1000)
	want := make([]byte, 1000)
	for _, off := range []int64{size - 500, 256<<10 - 500, 40 << 20, 0} {
		n, err := b.ReadAt(at, off)
		m, _ := pattern{size}.ReadAt(want, off)
		if n != m || !bytes.Equal(at[:n], want[:m]) || (err == io.EOF) != (n < 1000) {
			t.Errorf("at %d: %d octets, %v", off, n, err)
		}
	}
}

// testRestore: a backup that is taken while the store is written to brings back
// every message, its deadline, what was decided, and the audit log.
func testRestore(t *testing.T, h Harness) {
	p := h.Place(t)
	c := newClock()
	key := func(o *store.Options) { o.Key = bytes.Repeat([]byte{3}, 32) }
	s := open(t, p, c, key)
	bodies := map[string][]byte{}
	for i := range 12 {
		id := fmt.Sprintf("b%d", i)
		bodies[id] = text(uint64(i), []int{300, 300_000, 1_500_000}[i%3])
		it := item(id, bodies[id])
		it.Due = c.Now().Add(time.Duration(i) * time.Hour)
		hold(t, s, it, bodies[id])
	}
	decide(t, s, "b1", store.Discarded)
	if err := s.Remember(ctx, []store.Memory{{Identity: "hana@example.jp", Rule: "r", About: []string{"x"}, Until: c.Now().Add(day)}}); err != nil {
		t.Fatal(err)
	}
	quit, done := make(chan bool), make(chan bool)
	go func() { // the proxy goes on meanwhile
		defer close(done)
		for i := 0; ; i++ {
			select {
			case <-quit:
				return
			default:
				body := text(uint64(1000+i), 2000)
				_ = s.Hold(ctx, []*store.Item{item(fmt.Sprintf("later%d", i), body)}, bytes.NewReader(body), 2000)
			}
		}
	}()
	back := h.Copy(t, p)
	close(quit)
	<-done
	r := open(t, back, c, key)
	for id, body := range bodies {
		want, err := s.Item(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		have, err := r.Item(ctx, id)
		if err != nil || !have.Due.Equal(want.Due) || have.State != want.State || have.Decision != want.Decision {
			t.Errorf("%s: %+v %v", id, have, err)
		}
		if b, err := bytesOf(r, id); err != nil || !bytes.Equal(b, body) {
			t.Errorf("%s: %d octets, %v", id, len(b), err)
		}
	}
	if list, err := r.Recall(ctx, "hana@example.jp"); err != nil || len(list) != 1 {
		t.Errorf("%v %v", list, err)
	}
	if v, err := r.AuditVerify(ctx); err != nil || !v.OK() || v.Records < 13 {
		t.Errorf("%+v %v", v, err)
	}
	hold(t, r, item("after", nil), nil)
}

// childVariable tells a child process of the test where to store.
const childVariable = "MAILLINT_STORETEST_CHILD"

// Main is for the TestMain of a package that uses Run: in a child process of
// testKilled it holds messages until it is killed, and does not return.
func Main() {
	where := os.Getenv(childVariable)
	if where == "" {
		return
	}
	s, err := store.Open(context.Background(), where, store.Options{Node: "child"})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	started := time.Now().UnixNano()
	each(8, func(i int) {
		for n := 0; ; n++ {
			seed := uint64(i*1_000_000 + n)
			body := text(seed, []int{500, 20_000, 300_000, 1_100_000}[n%4])
			id := fmt.Sprintf("k%d-%d", started, seed)
			if err := s.Hold(context.Background(), []*store.Item{item(id, body)}, bytes.NewReader(body), int64(len(body))); err != nil {
				fmt.Println("error", err)
				os.Exit(1)
			}
			fmt.Println("held", id, store.Hash(sha256.Sum256(body)))
			if n%3 == 0 {
				if _, err := s.Update(context.Background(), id, to(store.Releasing, "child")); err == nil {
					fmt.Println("decided", id)
				}
			}
		}
	})
}

// testKilled: a process is killed in the middle of its work, several times on
// the same store. What it was told is stored is there, whole.
func testKilled(t *testing.T, h Harness) {
	p := h.Place(t)
	open(t, p, nil).Close()
	held, decided := map[string]string{}, map[string]bool{}
	for round := range 4 {
		killChild(t, p, 150*time.Millisecond+time.Duration(round)*37*time.Millisecond, held, decided)
	}
	if len(held) < 20 {
		t.Fatalf("only %d holds before the kills", len(held))
	}
	s := open(t, p, nil)
	for id, hash := range held {
		it, err := s.Item(ctx, id)
		if err != nil {
			t.Errorf("acknowledged and lost: %s: %v", id, err)
			continue
		}
		if decided[id] && it.State != store.Releasing {
			t.Errorf("%s was decided and is %s", id, it.State)
		}
		if b, err := bytesOf(s, id); err != nil || store.Hash(sha256.Sum256(b)).String() != hash {
			t.Errorf("%s: %d octets, %v", id, len(b), err)
		}
	}
	list, err := s.List(ctx, store.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range list { // also those that nobody was told of
		if b, err := bytesOf(s, it.ID); err != nil || store.Hash(sha256.Sum256(b)) != it.Hash {
			t.Errorf("%s: %d octets, %v", it.ID, len(b), err)
		}
	}
	if v, err := s.AuditVerify(ctx); err != nil || !v.OK() {
		t.Errorf("%+v %v", v, err)
	}
	t.Logf("%d acknowledged, %d stored", len(held), len(list))
}

// killChild lets a child process hold for a while, then kills it.
func killChild(t *testing.T, p Place, after time.Duration, held map[string]string, decided map[string]bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run", "^$")
	cmd.Env = append(os.Environ(), childVariable+"="+p.Where)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var once bool
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if !once {
			once = true
			time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
		}
		switch f := strings.Fields(lines.Text()); {
		case len(f) == 3 && f[0] == "held" && len(f[2]) == 64:
			held[f[1]] = f[2]
		case len(f) == 2 && f[0] == "decided":
			decided[f[1]] = true
		case len(f) > 0 && f[0] == "error":
			t.Error(lines.Text())
		}
	}
	_ = cmd.Wait()
}

func testFull(t *testing.T, h Harness) {
	p, free := h.Small(t)
	s := open(t, p, nil)
	acked := map[string][]byte{}
	refused := 0
	try := func(seed, size int) {
		body := text(uint64(seed), size)
		id := fmt.Sprintf("f%d", seed)
		if err := s.Hold(ctx, []*store.Item{item(id, body)}, bytes.NewReader(body), int64(size)); err != nil {
			refused++
		} else {
			acked[id] = body
		}
	}
	for i := 0; refused < 8 && i < 2000; i++ {
		try(i, []int{30_000, 1_200_000}[i%8/7])
	}
	if refused < 8 || len(acked) == 0 {
		t.Fatalf("%d stored, %d refused: the disk was never full", len(acked), refused)
	}
	check := func() {
		t.Helper()
		for id, body := range acked {
			if b, err := bytesOf(s, id); err != nil || !bytes.Equal(b, body) {
				t.Errorf("%s: %d octets, %v", id, len(b), err)
			}
		}
		if v, err := s.AuditVerify(ctx); err != nil || !v.OK() {
			t.Errorf("%+v %v", v, err)
		}
	}
	check()
	free()
	before := refused
	try(5000, 30_000)
	try(5001, 1_200_000)
	if refused != before {
		t.Error("still refused after there was room again")
	}
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
	check()
	s.Close()
	s = open(t, p, nil)
	check()
}

func testReadOnly(t *testing.T, h Harness) {
	p := h.Place(t)
	s := open(t, p, nil)
	body := text(1, 100)
	hold(t, s, item("a", body), body)
	s.Close()
	h.ReadOnly(t, p)
	s, err := store.Open(ctx, p.Where, store.Options{})
	if err != nil {
		t.Logf("not opened: %v", err)
		return
	}
	defer s.Close()
	if err := s.Check(ctx); err == nil {
		t.Error("a store that cannot be written says that it can")
	}
	if err := s.Hold(ctx, []*store.Item{item("b", body)}, bytes.NewReader(body), 100); err == nil {
		t.Error("held on a read-only disk")
	}
}
