package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"path/filepath"
	"testing"
)

func TestHoldAndReadBack(t *testing.T) {
	ctx := context.Background()
	for _, key := range [][]byte{nil, bytes.Repeat([]byte{7}, 32)} {
		s, err := Open(ctx, filepath.Join(t.TempDir(), "m.db"), Options{Node: "n", Key: key})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		for _, size := range []int{0, 1, frameSize, 1 << 20, 3<<20 + 5} {
			body := bytes.Repeat([]byte("Subject: x\r\n"), size/12+1)[:size]
			it := &Item{ID: "a" + string(rune('a'+size%13)), State: Held, Disposition: "confirm", Hash: sha256.Sum256(body),
				ReversePath: Path{Address: "a\xff@example.jp"}, Recipients: []Recipient{{Address: "\x00x", State: Waiting}}}
			if err := s.Hold(ctx, []*Item{it}, bytes.NewReader(body), int64(size)); err != nil {
				t.Fatal(size, err)
			}
			have, err := s.Item(ctx, it.ID)
			if err != nil || have.ReversePath.Address != "a\xff@example.jp" || have.Recipients[0].Address != "\x00x" {
				t.Errorf("%d: %+v %v", size, have, err)
			}
			b, err := s.Body(ctx, it.ID)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(io.NewSectionReader(b, 0, b.Size()))
			if err != nil || !bytes.Equal(got, body) {
				t.Errorf("%d: read back %d octets, %v", size, len(got), err)
			}
			b.Close()
		}
		v, err := s.AuditVerify(ctx)
		if err != nil || !v.OK() || v.Records != 5 {
			t.Errorf("%+v %v", v, err)
		}
	}
}
