package store

import (
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"io"
	"os"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
)

// brokenConnection knows the errors of a connection that ended.
func brokenConnection(err error) bool {
	for _, e := range []error{sqldriver.ErrBadConn, io.EOF, io.ErrUnexpectedEOF, os.ErrDeadlineExceeded, sql.ErrConnDone,
		syscall.ECONNRESET, syscall.ECONNREFUSED, syscall.EPIPE} {
		if errors.Is(err, e) {
			return true
		}
	}
	return pgconn.SafeToRetry(err)
}
