//go:build e2e

package e2e

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
)

// signatures are those of a message: how many, and how many verify with the
// records.
func signatures(t *testing.T, raw []byte, records map[string]string) (good, all int) {
	t.Helper()
	list, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
		r, ok := records[name]
		if !ok {
			return nil, fmt.Errorf("no record at %s", name)
		}
		return []string{r}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range list {
		if v.Err == nil {
			good++
		}
	}
	return good, len(list)
}

// Inside Postfix, with resign: key, a message that was signed and is changed
// leaves with one signature, ours, that verifies as Postfix passes it on; where
// nothing is changed the first signature still verifies.
func TestMilterSignsAgain(t *testing.T) {
	records := map[string]string{}
	key := func(selector string) ed25519.PrivateKey {
		public, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		records[selector+"._domainkey.example.ac.jp"] = "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)
		return private
	}
	users, own := key("users"), key("own")
	der, err := x509.MarshalPKCS8PrivateKey(own)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "dkim.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	m := newInside(t, "canary: {", "dkim: {example.ac.jp: {selector: own, key: \"file:"+file+"\"}}\ncanary: {",
		"proxy:\n", "proxy:\n  next_hops: {mta: {address: \"127.0.0.1:25\", resign: key}}\n")
	c := m.login(t)
	to := []string{"bob@partner.example", "carol@other.example", "dora@example.ac.jp"}
	for i, word := range []string{"nothing", "hide", "tag"} {
		plain := strings.Replace(asked(word, to...), "Bcc: hidden@partner.example\r\n", "Date: Wed, 25 Nov 2026 12:00:00 +0900\r\n", 1)
		var signed bytes.Buffer
		err := dkim.Sign(&signed, strings.NewReader(plain), &dkim.SignOptions{Domain: "example.ac.jp", Selector: "users", Signer: users,
			HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed})
		if err != nil {
			t.Fatal(err)
		}
		if code, text, _, err := c.Send("alice@example.ac.jp", to, signed.String()); err != nil || code != 250 || strings.Contains(text, "Held") {
			t.Fatalf("%s: %d %s %v", word, code, text, err)
		}
		got := m.postfix.Sink.Await(t, i+1)[i].Data
		good, all := signatures(t, got, records)
		if good != 1 || all != 1 {
			t.Errorf("%s: %d of %d signatures are good\n%s", word, good, all, got)
		}
		if ours := bytes.Contains(got, []byte("s=own")); ours != (word != "nothing") {
			t.Errorf("%s: signed by us: %v\n%s", word, ours, got)
		}
		if head, _, _ := bytes.Cut(got, []byte("\r\n\r\n")); word == "hide" && bytes.Contains(head, []byte("partner.example")) {
			t.Errorf("not hidden:\n%s", got)
		}
	}
}
