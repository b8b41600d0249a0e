package storetest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// Server is a PostgreSQL server of a test's own, on loopback, with a folder of
// its own. It runs as nobody where the test runs as root.
type Server struct {
	Dir  string // everything of it
	Port int
	bin  string
	root bool
	next atomic.Int64
}

// StartPostgres starts a server, and stops it after the test. Without the
// programs the test is skipped, or fails where everything must be tested
// (MAILLINT_REQUIRE=all).
func StartPostgres(t testing.TB) *Server {
	t.Helper()
	bin := findPostgres()
	if bin == "" {
		if os.Getenv("MAILLINT_REQUIRE") == "all" {
			t.Fatal("no PostgreSQL (Debian: apt-get install postgresql)")
		}
		t.Skip("no PostgreSQL on this machine (Debian: apt-get install postgresql)")
	}
	dir, err := os.MkdirTemp("", "maillint-pg-")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Dir: dir, Port: freePort(t), bin: bin, root: os.Getuid() == 0}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s.own(t)
	s.run(t, "initdb", "-D", s.data(), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync")
	s.Start(t)
	t.Cleanup(func() { _ = s.command("pg_ctl", "-D", s.data(), "-m", "immediate", "stop").Run() })
	return s
}

// findPostgres gives the folder of the server's programs, which Debian keeps
// out of PATH.
func findPostgres() string {
	list, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if path, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			list = append(list, real)
		}
	}
	for _, path := range slices.Backward(list) {
		dir := filepath.Dir(path)
		if _, err := os.Stat(filepath.Join(dir, "psql")); err == nil {
			return dir
		}
	}
	return ""
}

func freePort(t testing.TB) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// own gives the folder to nobody: the server refuses to run as root.
func (s *Server) own(t testing.TB) {
	if !s.root {
		return
	}
	u, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	if err := os.Chown(s.Dir, uid, -1); err != nil {
		t.Fatal(err)
	}
}

func (s *Server) data() string { return filepath.Join(s.Dir, "data") }

func (s *Server) command(name string, args ...string) *exec.Cmd {
	argv := append([]string{filepath.Join(s.bin, name)}, args...)
	if s.root {
		argv = append([]string{"setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"}, argv...)
	}
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = s.Dir
	return cmd
}

// run runs a program of the server. Its output goes to a file: a server that
// it starts would hold a pipe open.
func (s *Server) run(t testing.TB, name string, args ...string) {
	t.Helper()
	out, err := os.Create(filepath.Join(s.Dir, name+".out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd := s.command(name, args...)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(out.Name())
		more, _ := os.ReadFile(filepath.Join(s.Dir, "log"))
		t.Fatalf("%s: %v\n%s%s", name, err, text, more)
	}
}

// Start starts the server, with every write on the disk before it is confirmed.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	s.run(t, "pg_ctl", "-w", "-D", s.data(), "-l", filepath.Join(s.Dir, "log"),
		"-o", fmt.Sprintf("-p %d -k %s -c listen_addresses=127.0.0.1 -c max_connections=200 -c shared_buffers=32MB", s.Port, s.Dir), "start")
}

// Standby starts a second server that follows this one by streaming. It is made
// as docs/postgresql.md says.
func (s *Server) Standby(t testing.TB) *Server {
	t.Helper()
	dir, err := os.MkdirTemp("", "maillint-pg-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	n := &Server{Dir: dir, Port: freePort(t), bin: s.bin, root: s.root}
	n.own(t)
	n.run(t, "pg_basebackup", "-h", "127.0.0.1", "-p", fmt.Sprint(s.Port), "-U", "postgres", "-D", n.data(), "-R", "-c", "fast", "--no-sync")
	n.Start(t)
	t.Cleanup(func() { _ = n.command("pg_ctl", "-D", n.data(), "-m", "immediate", "stop").Run() })
	return n
}

// Promote makes a standby a server that can be written.
func (s *Server) Promote(t testing.TB) {
	t.Helper()
	s.run(t, "pg_ctl", "-w", "-D", s.data(), "promote")
}

// Env is the environment in which PostgreSQL's programs find the server.
func (s *Server) Env() []string {
	return []string{"PGHOST=127.0.0.1", fmt.Sprintf("PGPORT=%d", s.Port), "PGUSER=postgres"}
}

// Stop ends the server at once, as a crash does ("immediate"), or in order
// ("fast").
func (s *Server) Stop(t testing.TB, mode string) {
	t.Helper()
	s.run(t, "pg_ctl", "-w", "-D", s.data(), "-m", mode, "stop")
}

// URL is the address of a schema in the server's one database: as good as a
// database of its own, and made in no time.
func (s *Server) URL(schema string) string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable&search_path=%s", s.Port, schema)
}

// Psql runs statements in a schema and gives what they print.
func (s *Server) Psql(schema, statement string) (string, error) {
	cmd := s.command("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", fmt.Sprint(s.Port), "-U", "postgres",
		"-c", "SET search_path = "+schema, "-c", statement)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("psql: %w: %s", err, out)
	}
	return strings.TrimSpace(string(out)), nil
}

// Create makes a new schema and gives its name.
func (s *Server) Create(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("m%d", s.next.Add(1))
	if _, err := s.Psql("public", "CREATE SCHEMA "+name); err != nil {
		t.Fatal(err)
	}
	return name
}

// Restore makes a backup of a schema with pg_dump, restores it into a new
// database, and gives that database's name.
func (s *Server) Restore(t testing.TB, schema string) (database string) {
	t.Helper()
	file := filepath.Join(s.Dir, schema+".dump")
	at := []string{"-h", "127.0.0.1", "-p", fmt.Sprint(s.Port), "-U", "postgres"}
	s.run(t, "pg_dump", append(at, "-Fc", "-n", schema, "-f", file, "postgres")...)
	database = "restored_" + schema
	if _, err := s.Psql("public", "CREATE DATABASE "+database); err != nil {
		t.Fatal(err)
	}
	s.run(t, "pg_restore", append(at, "-d", database, file)...)
	return database
}

// DatabaseURL is the address of a schema in a database that Restore made.
func (s *Server) DatabaseURL(database, schema string) string {
	return strings.Replace(s.URL(schema), "/postgres?", "/"+database+"?", 1)
}
