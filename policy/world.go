package policy

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// world is what a policy takes from outside its own text.
type world struct {
	env  func(name string) (string, bool)
	read func(path string) ([]byte, error)
}

// realWorld reads the environment, and files beside the policy.
func realWorld(name string) world {
	dir := filepath.Dir(name)
	return world{
		env: os.LookupEnv,
		read: func(path string) ([]byte, error) {
			if !filepath.IsAbs(path) {
				path = filepath.Join(dir, path)
			}
			return readFile(path)
		},
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

// local is the zone used where the policy names none.
func local() *time.Location { return time.Local }
