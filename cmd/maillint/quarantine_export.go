package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"maillint/report"
	"maillint/store"
)

// exporting is how messages are exported.
type exporting struct {
	itemFilter
	format, output string
	all            bool
}

func (q *quarantine) exportCommand() *cobra.Command {
	var o exporting
	cmd := &cobra.Command{
		Use:   "export [ID...]",
		Short: "Export held messages as .eml files or an mbox",
		Long: `Export writes messages as they were judged, byte for byte: as .eml, one to standard output or
each to a file ID.eml in the folder of --output; or as one mbox (mboxrd quoting, LF line ends).
Bcc fields that would be cut on release are still in them. The envelope is not: "show --json"
has it.

What is exported is in clear, whether or not the store is encrypted. Files are made for their
owner alone, and none is overwritten. Every export is recorded in the audit log.`,
		Example: `  maillint quarantine export ID > message.eml
  maillint quarantine export --format mbox --output held.mbox --all
  maillint quarantine export --output folder/ --all --rule risky-attachment --state all`,
		RunE: q.run(func(ids []string) error { return q.export(ids, &o) }),
	}
	f := cmd.Flags()
	f.StringVar(&o.format, "format", "eml", "`FORM`: eml or mbox")
	f.StringVarP(&o.output, "output", "o", "-", "`FILE`, or for several .eml a folder; - is standard output")
	f.BoolVar(&o.all, "all", false, "all that the filters match, instead of IDs")
	o.flags(f, "held")
	return cmd
}

func (q *quarantine) export(ids []string, o *exporting) error {
	ids, err := q.chosen(ids, o)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		_, err := fmt.Fprintln(q.stderr, "maillint: nothing to export")
		return err
	}
	done := 0
	work, end, err := q.exporter(o, len(ids))
	if err != nil {
		return err
	}
	err = q.each(ids, func(id string) error {
		it, err := q.db.Item(q.ctx, id)
		if err != nil {
			return err
		}
		if err := work(it); err != nil {
			return err
		}
		done++
		q.look("export", id)
		return nil
	})
	if e := end(); e != nil && err == nil {
		err = fmt.Errorf("--output: %w", e)
	}
	fmt.Fprintf(q.stderr, "maillint: exported %s in clear: whoever can read the file can read the mail\n", report.Plural(done, "message"))
	return err
}

// chosen are the IDs that were named, or that the filters match.
func (q *quarantine) chosen(ids []string, o *exporting) ([]string, error) {
	if o.format != "eml" && o.format != "mbox" {
		return nil, fmt.Errorf("--format %q: unknown (want eml or mbox)", o.format)
	}
	switch {
	case o.all && len(ids) > 0:
		return nil, errors.New("export: name IDs, or give --all with filters, not both")
	case !o.all && len(ids) == 0:
		return nil, errors.New("export: name the ID of a held message, or give --all")
	case !o.all:
		return ids, nil
	}
	f, err := o.filter(q.db.Now(q.ctx))
	if err != nil {
		return nil, err
	}
	err = q.eachItem(f, func(it *store.Item) error {
		ids = append(ids, it.ID)
		return nil
	})
	return ids, err
}

// exporter gives what exports one item, and what ends the export.
func (q *quarantine) exporter(o *exporting, n int) (work func(*store.Item) error, end func() error, err error) {
	if o.format == "eml" && (n > 1 || isFolder(o.output)) {
		if o.output == "-" {
			return nil, nil, errors.New("export: several .eml need a folder (--output FOLDER), or take --format mbox")
		}
		if err := os.MkdirAll(o.output, 0o700); err != nil {
			return nil, nil, fmt.Errorf("--output: %w", err)
		}
		return func(it *store.Item) error { return q.exportFile(it, o.output) }, func() error { return nil }, nil
	}
	w := bufio.NewWriter(q.stdout)
	end = w.Flush
	if o.output != "-" {
		f, err := newFile(o.output)
		if err != nil {
			return nil, nil, fmt.Errorf("--output: %w", err)
		}
		w = bufio.NewWriter(f)
		end = func() error { return errors.Join(w.Flush(), f.Sync(), f.Close()) }
	}
	return func(it *store.Item) error { return q.exportTo(w, it, o.format) }, end, nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return strings.HasSuffix(path, string(filepath.Separator)) || err == nil && info.IsDir()
}

// newFile makes a file that is not there yet, for its owner alone.
func newFile(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

func (q *quarantine) exportFile(it *store.Item, folder string) error {
	f, err := newFile(filepath.Join(folder, it.ID+".eml"))
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	err = q.exportTo(w, it, "eml")
	if err = errors.Join(err, w.Flush(), f.Sync(), f.Close()); err != nil {
		os.Remove(f.Name())
	}
	return err
}

// body gives the bytes of an item once they are known to be those that were
// judged.
func (q *quarantine) body(it *store.Item) (store.Body, error) {
	b, err := q.db.Body(q.ctx, it.ID)
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	if _, err = io.Copy(sum, io.NewSectionReader(b, 0, b.Size())); err == nil && store.Hash(sum.Sum(nil)) != it.Hash {
		err = fmt.Errorf("%w: the bytes are not those that were judged", store.ErrDamaged)
	}
	if err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

func (q *quarantine) exportTo(w *bufio.Writer, it *store.Item, format string) error {
	b, err := q.body(it)
	if err != nil {
		return err
	}
	defer b.Close()
	r := io.NewSectionReader(b, 0, b.Size())
	if format == "mbox" {
		return writeMbox(w, it, r)
	}
	_, err = io.Copy(w, r)
	return err
}

// writeMbox writes one message as mboxrd: lines of any number of ">" and "From "
// get one ">" more, lines end in LF, and a blank line ends the message.
func writeMbox(w *bufio.Writer, it *store.Item, r io.Reader) error {
	fmt.Fprintf(w, "From %s %s\n", mboxSender(it.ReversePath.Address), it.Held.UTC().Format(time.ANSIC))
	lines := bufio.NewReaderSize(r, 64<<10)
	atStart, ended := true, true
	for {
		part, err := lines.ReadSlice('\n')
		if atStart && bytes.HasPrefix(bytes.TrimLeft(part, ">"), []byte("From ")) {
			_ = w.WriteByte('>')
		}
		atStart = err == nil
		if len(part) > 0 {
			ended = bytes.HasSuffix(part, []byte("\n"))
		}
		if err == nil {
			part = append(bytes.TrimSuffix(part[:len(part)-1], []byte("\r")), '\n')
		}
		_, _ = w.Write(part)
		switch {
		case errors.Is(err, io.EOF):
			if !ended {
				_ = w.WriteByte('\n')
			}
			return w.WriteByte('\n')
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return err
		}
	}
}

// mboxSender is the address of a "From " line, where blanks and controls would
// end it.
func mboxSender(address string) string {
	out := strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f {
			return '_'
		}
		return r
	}, address)
	return orElse(out, "MAILER-DAEMON")
}
