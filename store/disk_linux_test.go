package store_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"maillint/store/storetest"
)

// mounted gives a small file system, or skips.
func mounted(t *testing.T, options string) string {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		required(t, "no small disk to fill (mounting one needs root): "+err.Error())
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// small gives a place on a disk that is soon full.
func small(t *testing.T) (storetest.Place, func()) {
	dir := mounted(t, "size=12m")
	filler := filepath.Join(dir, "filler")
	if err := os.WriteFile(filler, make([]byte, 6<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	return placeIn(t, dir), func() { os.Remove(filler) }
}

// readOnly makes the folder of a place read-only, for root as well.
func readOnly(t *testing.T, p storetest.Place) {
	dir := filepath.Dir(p.Where[len("sqlite:"):])
	if err := syscall.Mount(dir, dir, "", syscall.MS_BIND, ""); err != nil {
		required(t, "no read-only disk (mounting one needs root): "+err.Error())
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	if err := syscall.Mount("", dir, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
}
