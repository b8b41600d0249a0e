package store

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// recordMost bounds one line of an exported audit log.
const recordMost = 16 << 20

// VerifyFile follows the chains of an exported audit log: an Entry as JSON on
// each line, in the order of Records. A chain in a file may have started
// before it, and gone on after it.
func VerifyFile(r io.ReadSeeker) (*Verification, error) {
	v := newVerifier(true)
	if err := entries(r, v.Add); err != nil {
		return nil, err
	}
	if v.Records == 0 {
		return nil, errors.New("no record of an audit log in it")
	}
	if len(v.signed) > 0 {
		if _, err := r.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
		if err := entries(r, v.Compare); err != nil {
			return nil, err
		}
		v.missing()
	}
	return &v.Verification, nil
}

// entries reads the lines of an exported log.
func entries(r io.Reader, each func(Entry)) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64<<10), recordMost)
	for n := 1; lines.Scan(); n++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		var e Entry
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil || e.Node == "" || e.Seq <= 0 {
			return fmt.Errorf("line %d is no record of an audit log", n)
		}
		rec, err := unmarshal[Record](e.Doc)
		if err != nil {
			return fmt.Errorf("line %d is no record of an audit log", n)
		}
		e.Record = *rec
		each(e)
	}
	return lines.Err()
}
