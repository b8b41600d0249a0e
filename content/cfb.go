package content

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

// compound is a compound file in memory (MS-CFB): the container of old Office
// files, of encrypted new ones, of Outlook's messages and Windows' installers.
type compound struct {
	data   []byte
	shift  uint     // of a sector's size
	fat    []uint32 // the next sector of each
	mini   []uint32
	inner  []byte // the stream that holds small streams
	names  []string
	byName map[string]*cfbEntry
	clsid  [16]byte // of the root
	broken bool
}

// cfbEntry is one stream or storage. Names are paths with "/", in lower case.
type cfbEntry struct {
	start   uint32
	size    int64
	storage bool
}

// maxEntries of a directory are read.
const maxEntries = 20_000

// openCompound reads the directory of a compound file; nil where it has none.
func openCompound(data []byte) *compound {
	if len(data) < 512 {
		return nil
	}
	le := binary.LittleEndian
	c := &compound{data: data, shift: uint(le.Uint16(data[30:])), byName: map[string]*cfbEntry{}}
	if c.shift != 9 && c.shift != 12 {
		return nil
	}
	c.readFAT()
	dir := c.chain(le.Uint32(data[48:]), c.fat, maxEntries*128)
	if len(dir) < 128 {
		return nil
	}
	c.mini = words(c.chain(le.Uint32(data[60:]), c.fat, int64(len(data))))
	c.inner = c.chain(le.Uint32(dir[116:]), c.fat, int64(len(data)))
	copy(c.clsid[:], dir[80:96])
	c.tree(dir)
	return c
}

func words(b []byte) []uint32 {
	out := make([]uint32, len(b)/4)
	for i := range out {
		out[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return out
}

// sector gives one sector; a short one at the end of the file.
func (c *compound) sector(n uint32) []byte {
	at := (int64(n) + 1) << c.shift
	if at >= int64(len(c.data)) {
		return nil
	}
	return c.data[at:min(at+1<<c.shift, int64(len(c.data)))]
}

// readFAT follows the list of sectors that hold the table (2.3, 2.5).
func (c *compound) readFAT() {
	le := binary.LittleEndian
	list := words(c.data[76:512])
	next, left := le.Uint32(c.data[68:]), len(c.data)>>c.shift
	for ; next < 0xfffffffa && left > 0; left-- {
		s := words(c.sector(next))
		if len(s) == 0 {
			break
		}
		list = append(list, s[:len(s)-1]...)
		next = s[len(s)-1]
	}
	most := len(c.data)>>c.shift + 1
	for _, n := range list {
		if n < 0xfffffffa && len(c.fat) < most {
			c.fat = append(c.fat, words(c.sector(n))...)
		}
	}
}

// chain reads the sectors of a stream in the large, at most so many octets.
func (c *compound) chain(n uint32, fat []uint32, most int64) []byte {
	var out []byte
	for steps := 0; n < uint32(len(fat)) && int64(len(out)) < most; steps++ {
		s := c.sector(n)
		if steps > len(fat) || s == nil {
			c.broken = true
			break
		}
		out = append(out, s...)
		n = fat[n]
	}
	return out[:min(int64(len(out)), most)]
}

// tree names the entries by their paths.
func (c *compound) tree(dir []byte) {
	type step struct {
		id     uint32
		folder string
		depth  int
	}
	le := binary.LittleEndian
	count := uint32(len(dir) / 128)
	seen := make([]bool, count)
	todo := []step{{le.Uint32(dir[76:]), "", 0}}
	for len(todo) > 0 {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if s.id >= count || seen[s.id] || s.depth > 64 {
			continue
		}
		seen[s.id] = true
		e := dir[s.id*128 : s.id*128+128]
		name := s.folder + strings.ToLower(strings.ReplaceAll(utf16Text(e[:min(64, max(0, int(le.Uint16(e[64:]))-2))]), "/", "_"))
		entry := &cfbEntry{start: le.Uint32(e[116:]), size: int64(le.Uint32(e[120:])), storage: e[66] == 1}
		if _, ok := c.byName[name]; !ok {
			c.names = append(c.names, name)
			c.byName[name] = entry
		}
		todo = append(todo, step{le.Uint32(e[72:]), s.folder, s.depth}, step{le.Uint32(e[68:]), s.folder, s.depth})
		if entry.storage {
			todo = append(todo, step{le.Uint32(e[76:]), name + "/", s.depth + 1})
		}
	}
}

func utf16Text(b []byte) string {
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(u))
}

func (c *compound) has(name string) bool { return c.byName[name] != nil }

// stream reads a stream; nil where there is none of that name.
func (c *compound) stream(name string) []byte {
	e := c.byName[name]
	if e == nil || e.storage {
		return nil
	}
	if e.size >= 4096 {
		return c.chain(e.start, c.fat, min(e.size, int64(len(c.data))))
	}
	var out []byte
	for n, steps := e.start, 0; n < uint32(len(c.mini)) && int64(len(out)) < e.size && steps <= len(c.mini); steps++ {
		at := int64(n) * 64
		if at >= int64(len(c.inner)) {
			c.broken = true
			break
		}
		out = append(out, c.inner[at:min(at+64, int64(len(c.inner)))]...)
		n = c.mini[n]
	}
	return out[:min(int64(len(out)), e.size)]
}

// under lists the names of streams that end in a way.
func (c *compound) under(prefix, suffix string) []string {
	var out []string
	for _, n := range c.names {
		if strings.HasPrefix(n, prefix) && strings.HasSuffix(n, suffix) && !c.byName[n].storage {
			out = append(out, n)
		}
	}
	return out
}
