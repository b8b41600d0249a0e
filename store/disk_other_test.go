//go:build !linux

package store_test

import (
	"testing"

	"maillint/store/storetest"
)

func small(t *testing.T) (storetest.Place, func()) {
	required(t, "no small disk to fill on this system")
	return storetest.Place{}, nil
}

func readOnly(t *testing.T, _ storetest.Place) { required(t, "no read-only disk on this system") }
