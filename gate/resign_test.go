package gate

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"maillint/internal/spool"
	"maillint/message"
	"maillint/store"
)

// signer is a key in a file, with the record that the world reads.
func signer(t *testing.T, kind string) (file, record string) {
	t.Helper()
	var key crypto.Signer
	var public []byte
	var err error
	if kind == "rsa" {
		var k *rsa.PrivateKey
		k, err = rsa.GenerateKey(rand.Reader, 2048)
		key = k
		public, _ = x509.MarshalPKIXPublicKey(&k.PublicKey)
	} else {
		var p ed25519.PublicKey
		p, key, err = ed25519.GenerateKey(rand.Reader)
		public = p
	}
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file, "v=DKIM1; k=" + kind + "; p=" + base64.StdEncoding.EncodeToString(public)
}

// sound reports how many signatures verify, of how many.
func sound(t *testing.T, raw []byte, record string) (good, all int) {
	t.Helper()
	list, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
		if name != "s2026._domainkey.ours.example" {
			return nil, fmt.Errorf("no record at %s", name)
		}
		return []string{record}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range list {
		if v.Err == nil && v.Domain == "ours.example" {
			good++
		}
	}
	return good, len(list)
}

// With resign: key, a message whose recipients are hidden is signed again as it
// leaves: by the author's domain, and only where a change broke a signature.
func TestResignWithKey(t *testing.T) {
	var list []string
	for i := range 25 {
		list = append(list, fmt.Sprintf("p%d@d%d.example", i, i))
	}
	for _, kind := range []string{"ed25519", "rsa"} {
		file, record := signer(t, kind)
		more := "dkim: {ours.example: {selector: s2026, key: \"file:" + file + "\"}}\nrules: {exposed-recipients: {disposition: {high: hide, critical: hide}}}\n"
		send := func(head string, to ...string) (*house, *Transaction, *hop) {
			h := newHouseOf(t, strings.Replace(basePolicy, `out: {address: "localhost:25"}`, `out: {address: "localhost:25", resign: key}`, 1)+more)
			tx := h.mail("X: x", to...)
			tx.Body = spool.FromBytes([]byte(strings.ReplaceAll(head+"\nDate: Wed, 25 Nov 2026 10:00:00 +0900\nMessage-ID: <1@ours.example>\n\nText  with blanks \n\n\n", "\n", "\r\n")))
			_, n := h.submit(tx)
			return h, tx, n
		}
		signed := "DKIM-Signature: v=1; a=rsa-sha256; d=ours.example; s=old; h=from:to; bh=x; b=x\n"
		to := "To: " + strings.Join(list, ",\n ") + "\nSubject: 名簿"

		_, _, n := send(signed+"From: taro@mail.ours.example\n"+to, list...)
		if good, all := sound(t, n.bytes, record); good != 1 || all != 1 || bytes.Contains(n.bytes, []byte("d1.example")) {
			t.Errorf("%s: %d of %d signatures are good\n%s", kind, good, all, n.bytes)
		}
		_, _, n = send("From: taro@ours.example\n"+to, list...) // was not signed: it is not for us to begin
		if _, all := sound(t, n.bytes, record); all != 0 {
			t.Errorf("%s: %d signatures on a message that had none", kind, all)
		}
		_, _, n = send(signed+"From: taro@ours.example\nTo: a@x.example\nSubject: s", "a@x.example")
		if !bytes.Contains(n.bytes, []byte("s=old")) {
			t.Errorf("%s: a signature that still holds was taken out", kind)
		}
		for name, from := range map[string]string{"another domain": "From: taro@partner.example\n", "two authors": "From: taro@ours.example, jiro@ours.example\n"} {
			h, tx, n := send(signed+from+to, list...)
			if n.relayed || h.item(tx.ID).State != store.Held {
				t.Errorf("%s, %s: relayed %v", kind, name, n.relayed)
			}
		}
	}
}

// What is released with hidden recipients is signed again too.
func TestResignAtRelease(t *testing.T) {
	file, record := signer(t, "ed25519")
	h := newHouseOf(t, strings.Replace(basePolicy, `out: {address: "localhost:25"}`, `out: {address: "localhost:25", resign: key}`, 1)+
		"dkim: {ours.example: {selector: s2026, key: \"file:"+file+"\"}}\n")
	tx := h.mail("DKIM-Signature: v=1; d=ours.example; s=old; h=from:to; bh=x; b=x\nFrom: taro@ours.example\nTo: a@x.example, b@y.example\nSubject: APPROVE", "a@x.example", "b@y.example")
	h.submit(tx)
	if _, err := h.Decide(t.Context(), tx.ID, Decision{How: "release", Hide: true}); err != nil {
		t.Fatal(err)
	}
	h.step(time.Second)
	_, mails := h.got()
	if len(mails) != 1 || h.item(tx.ID).State != store.Released {
		t.Fatalf("%d sent, %+v", len(mails), h.item(tx.ID))
	}
	if good, all := sound(t, mails[0].Data, record); good != 1 || all != 1 || strings.Contains(message.Parse(mails[0].Data).Value("To"), "x.example") {
		t.Errorf("%d of %d signatures are good\n%s", good, all, mails[0].Data)
	}
}
