package policy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// world is what a policy takes from outside its own text.
type world struct {
	env  func(name string) (string, bool)
	path func(name string) string // of a file that the policy names
	read func(path string) ([]byte, error)
	run  func(ctx context.Context, argv []string) ([]byte, error)
}

// realWorld reads the environment and files beside the policy, and runs the
// directory's command in its folder.
func realWorld(name string) world {
	dir := filepath.Dir(name)
	return world{
		env: os.LookupEnv,
		path: func(name string) string {
			if filepath.IsAbs(name) {
				return name
			}
			return filepath.Join(dir, name)
		},
		read: readFile,
		run:  func(ctx context.Context, argv []string) ([]byte, error) { return runCommand(ctx, dir, argv) },
	}
}

// maxFile bounds what a policy, a list or a directory may hold, in bytes.
const maxFile = 64 << 20

// readFile reads a regular file of sensible size: a policy that names a device
// or a pipe must not make maillint wait.
func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("no such file: %s", path)
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("not a file: %s", path)
	case info.Size() > maxFile:
		return nil, fmt.Errorf("larger than %d MB: %s", maxFile>>20, path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFile))
}

// commandTime is how long the directory's command may take.
const commandTime = time.Minute

func runCommand(ctx context.Context, dir string, argv []string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir = dir
	cmd.WaitDelay = time.Second // a child that keeps the pipe open does not keep us
	var out capped
	var complaint capped
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		if first, _, _ := strings.Cut(strings.TrimSpace(complaint.String()), "\n"); first != "" {
			return nil, fmt.Errorf("%w: %s", err, clip(first))
		}
		return nil, err
	}
	return out.Bytes(), nil
}

// capped is a buffer that refuses to grow over maxFile.
type capped struct{ bytes.Buffer }

// Write implements io.Writer.
func (c *capped) Write(b []byte) (int, error) {
	if c.Len()+len(b) > maxFile {
		return 0, fmt.Errorf("more than %d MB of output", maxFile>>20)
	}
	return c.Buffer.Write(b)
}
