//go:build linux || darwin || freebsd

package spool

import "syscall"

// FreeSpace is what an ordinary process may still write to the file system of dir.
func FreeSpace(dir string) (int64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, err
	}
	return int64(s.Bavail) * int64(s.Bsize), nil
}

// errQuota is a full disk quota, which is as good as a full disk.
var errQuota error = syscall.EDQUOT
