//go:build !unix

package mailbox

import (
	"io"
	"os"
)

// readFile reads up to most octets of a file into buf. whole tells that there
// were no more.
func readFile(path string, buf []byte, most int64) (data []byte, whole bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return buf[:0], false, err
	}
	defer f.Close()
	data = buf[:0]
	for {
		data = room(data, most)
		n, err := f.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if err == io.EOF {
			return data, true, nil
		}
		if err != nil {
			return data[:0], false, err
		}
		if int64(len(data)) > most {
			return data[:most], false, nil
		}
	}
}
