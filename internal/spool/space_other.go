//go:build !linux && !darwin && !freebsd

package spool

import "errors"

// FreeSpace cannot be told here; the floor then does not apply.
func FreeSpace(string) (int64, error) { return 0, errors.ErrUnsupported }

// errQuota is not told apart here.
var errQuota = errors.New("disk quota exceeded")
