package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"maillint/gate"
	"maillint/mailbox"
	"maillint/message"
	"maillint/store"
)

// holdMain is a helper of the scripts: hold STORE ID FILE [KEY=VALUE...] puts a
// message into a store as the proxy would.
func holdMain() {
	if err := holdFile(os.Args[1], os.Args[2], os.Args[3], os.Args[4:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func holdFile(where, id, file string, settings []string) error {
	body, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	o := store.Options{Node: "mx1"}
	it := &store.Item{
		ID: id, Transaction: id, State: store.Held, Disposition: "confirm", Hash: sha256.Sum256(body), Policy: "p1",
		Identity:    store.Identity{Trust: "authenticated", Account: "hana", Address: "hana@example.jp", Remote: "192.0.2.7", Mailbox: "hana@example.jp"},
		ReversePath: store.Path{Address: "hana@example.jp", Params: []string{"SIZE=321"}},
		Recipients:  []store.Recipient{{Address: "taro@example.com", State: store.Waiting, Params: []string{"NOTIFY=NEVER"}}},
		Subject:     message.Parse(body).Subject(),
	}
	to := bytes.Index(body, []byte("To:"))
	it.Findings = []store.Finding{{Rule: "exposed-recipients", Severity: "high", Disposition: "confirm", Where: "To", Message: "12 external addresses in 3 domains can be read by every recipient",
		Evidence: []store.Evidence{{Where: "To", Start: int64(to + 4), End: int64(to + 20)}}}}
	for _, s := range settings {
		k, v, _ := strings.Cut(s, "=")
		switch k {
		case "rule":
			it.Findings[0].Rule = v
		case "identity":
			it.Identity.Address = v
		case "disposition":
			it.Disposition, it.Findings[0].Disposition = v, v
		case "state":
			it.State = store.State(v)
		case "ago":
			d, err := time.ParseDuration(v)
			if err != nil {
				return err
			}
			it.Held = time.Now().Add(-d)
			it.Due = it.Held.Add(24 * time.Hour)
		case "path":
			it.ReversePath.Address = v
		case "key":
			o.Key, err = store.ParseKey(v)
		}
	}
	if err != nil {
		return err
	}
	ctx := context.Background()
	db, err := store.Open(ctx, where, o)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Hold(ctx, []*store.Item{it}, bytes.NewReader(body), int64(len(body))); err != nil {
		return err
	}
	return db.Remember(ctx, []store.Memory{{Identity: "hana@example.jp", Rule: "lookalike-domain", Kind: "domain", About: []string{id + ".example"}, By: "hana@example.jp", Until: time.Now().Add(time.Hour), Item: id}})
}

// learnMain is a helper of the scripts: learn STORE DOMAIN... has domains learned,
// as answers to them on three days do.
func learnMain() {
	ctx := context.Background()
	db, err := store.Open(ctx, os.Args[1], store.Options{Node: "mx1"})
	check(err)
	list, err := gate.Correspondents(ctx, db)
	check(err)
	for _, d := range os.Args[2:] {
		list.Note(d, time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC))
	}
	text, err := json.Marshal(list)
	check(err)
	check(db.Put(ctx, "learned domains", text))
	check(db.Close())
}

// tamperMain is a helper of the scripts: tamper PATH changes the second record
// of the audit log, as somebody would who has the file.
func tamperMain() {
	db, err := sql.Open("sqlite", "file:"+os.Args[1])
	check(err)
	for _, s := range []string{"DROP TRIGGER audit_no_update", "UPDATE audit SET doc = (SELECT doc FROM audit WHERE node = 'mx1' AND seq = 1) WHERE node = 'mx1' AND seq = 2"} {
		_, err := db.Exec(s)
		check(err)
	}
	check(db.Close())
}

// What is written as mbox is read back by our own reader as it was.
func TestMboxRoundTrip(t *testing.T) {
	bodies := []string{
		"Subject: a\r\n\r\nFrom here on\r\n>From there\r\n>>From Russia\r\nFrom: not\r\n",
		"Subject: b\r\n\r\nno end",
		"Subject: c\r\n\r\n" + strings.Repeat("x", 200_000) + "From inside a long line\r\nFrom outside\r\n\r\n\r\n",
		"Subject: d\r\n\r\n",
		"Subject: e\r\n\r\nlone \r in it\r\n",
	}
	var b bytes.Buffer
	w := bufio.NewWriter(&b)
	for i, body := range bodies {
		it := &store.Item{ID: fmt.Sprint(i), Held: time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)}
		if i > 0 {
			it.ReversePath.Address = []string{"", "a b@example.jp", "x\nFrom y@example.jp", "hana@example.jp", "<>"}[i]
		}
		if err := writeMbox(w, it, strings.NewReader(body)); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	path := t.TempDir() + "/x.mbox"
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	have := readMbox(t, path)
	if len(have) != len(bodies) {
		t.Fatalf("%d messages of %d in\n%.500s", len(have), len(bodies), b.String())
	}
	for i, body := range bodies {
		want := strings.TrimRight(strings.ReplaceAll(body, "\r\n", "\n"), "\n")
		if got := strings.TrimRight(have[i], "\n"); got != want {
			t.Errorf("%d: %.200q, want %.200q", i, got, want)
		}
	}
}

// readMbox reads the messages of an mbox with the reader that scan uses.
func readMbox(t *testing.T, path string) []string {
	t.Helper()
	var out []string
	err := mailbox.Read(context.Background(), []string{path}, mailbox.Options{Jobs: 1},
		func(_ int, m *mailbox.Message) string { return string(m.Data) },
		func(s string) error { out = append(out, s); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return out
}
