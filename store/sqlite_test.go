package store_test

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"maillint/store/storetest"
)

func TestMain(m *testing.M) {
	storetest.Main()
	os.Exit(m.Run())
}

// required turns a skip into a failure where everything must be tested.
func required(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("MAILLINT_REQUIRE") == "all" {
		t.Fatal(why)
	}
	t.Skip(why)
}

func placeIn(t *testing.T, dir string) storetest.Place {
	path := filepath.Join(dir, "maillint.db")
	return storetest.Place{Where: "sqlite:" + path, Exec: execSQLite(path), Raw: func() []byte { return rawFiles(t, dir) }}
}

// execSQLite does what somebody does who has the file: the triggers that keep
// the log append-only are dropped first.
func execSQLite(path string) func(string) error {
	return func(statement string) error {
		db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(10000)")
		if err != nil {
			return err
		}
		defer db.Close()
		for _, s := range []string{"DROP TRIGGER IF EXISTS audit_no_update", "DROP TRIGGER IF EXISTS audit_no_delete", statement} {
			if _, err := db.Exec(s); err != nil {
				return err
			}
		}
		return nil
	}
}

func rawFiles(t *testing.T, dir string) []byte {
	var all bytes.Buffer
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		all.Write(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.Bytes()
}

func TestSQLite(t *testing.T) {
	storetest.Run(t, storetest.Harness{
		Place:    func(t *testing.T) storetest.Place { return placeIn(t, t.TempDir()) },
		Small:    small,
		ReadOnly: readOnly,
		Copy:     copySQLite,
	})
}

// copySQLite makes a backup as docs/operate.md says: the database by SQLite
// itself, then the folder of large messages.
func copySQLite(t *testing.T, p storetest.Place) storetest.Place {
	from, to := p.Where[len("sqlite:"):], t.TempDir()
	db, err := sql.Open("sqlite", "file:"+from+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("VACUUM INTO ?", filepath.Join(to, "maillint.db")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(to, "maillint.db.bodies"), os.DirFS(from+".bodies")); err != nil {
		t.Fatal(err)
	}
	return placeIn(t, to)
}

func BenchmarkSQLite(b *testing.B) {
	storetest.Bench(b, func(b *testing.B) string { return "sqlite:" + filepath.Join(b.TempDir(), "maillint.db") })
}
