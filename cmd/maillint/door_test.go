package main

import (
	"os"
	"path/filepath"
	"testing"
)

// Who waits for the ready file never reads half of it.
func TestReadyFileComesAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ready")
	const want = "users 127.0.0.1:2587\nservers 127.0.0.1:2588\n"
	ended := make(chan error)
	go func() {
		for range 3000 {
			if err := writeReady(path, []string{"users 127.0.0.1:2587", "servers 127.0.0.1:2588"}); err != nil {
				ended <- err
				return
			}
		}
		close(ended)
	}()
	for {
		select {
		case err := <-ended:
			if err != nil {
				t.Fatal(err)
			}
			return
		default:
		}
		if text, err := os.ReadFile(path); err == nil && string(text) != want {
			t.Fatalf("read %q", text)
		}
	}
}
