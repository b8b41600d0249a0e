package corpus

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

const goodTheme = `title: Letters
organization: [ours.example]
messages:
  a.eml: {fine: One letter to one person.}
`

func theme(index string, mail ...string) fstest.MapFS {
	fsys := fstest.MapFS{"letters/index.yaml": {Data: []byte(index)}}
	for _, name := range mail {
		fsys["letters/"+name] = &fstest.MapFile{Data: []byte("From: a@ours.example\r\n\r\n")}
	}
	return fsys
}

func TestLoadOrdinary(t *testing.T) {
	themes, err := LoadOrdinary(theme(goodTheme+"  b.eml:\n    fine: A bounce.\n    envelope: {from: <>, to: [x@out.example]}\npartners: [p.example]\n", "a.eml", "b.eml"))
	if err != nil || len(themes) != 1 {
		t.Fatalf("%d themes, %v", len(themes), err)
	}
	got := themes[0]
	if got.Folder != "letters" || got.Title != "Letters" || got.Partners[0] != "p.example" || len(got.Messages) != 2 {
		t.Errorf("%+v", got)
	}
	if a := got.Messages[0]; a.File != "a.eml" || a.Fine != "One letter to one person." || a.Envelope != nil || len(a.Raw) == 0 {
		t.Errorf("%+v", a)
	}
	if e := got.Messages[1].Envelope; e == nil || e.From != "<>" || e.To[0] != "x@out.example" {
		t.Errorf("%+v", e)
	}
}

func TestLoadOrdinaryMistakes(t *testing.T) {
	tests := []struct {
		name, index string
		mail        []string
		want        string
	}{
		{"no sentence", strings.Replace(goodTheme, "One letter to one person.", `""`, 1), []string{"a.eml"}, "letters/index.yaml:4:10: a.eml: fine is missing"},
		{"no title", strings.Replace(goodTheme, "title: Letters\n", "", 1), []string{"a.eml"}, "title is missing"},
		{"a message without an entry", goodTheme, []string{"a.eml", "b.eml"}, "b.eml is not in the index"},
		{"an entry without a message", goodTheme, nil, "there is no letters/a.eml"},
		{"half an envelope", strings.Replace(goodTheme, "person.}", "person., envelope: {from: a@ours.example}}", 1), []string{"a.eml"}, "an envelope has from"},
		{"unknown key", strings.Replace(goodTheme, "fine:", "why:", 1), []string{"a.eml"}, "field why not found"},
		{"another file", goodTheme, []string{"a.eml", "notes.txt"}, "letters/notes.txt: a theme holds"},
		{"a message twice", goodTheme + "  a.eml: {fine: Again.}\n", []string{"a.eml"}, "letters/index.yaml:5:"},
	}
	for _, tt := range tests {
		_, err := LoadOrdinary(theme(tt.index, tt.mail...))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

// The ordinary mail itself loads, all of it is built in, and each message is
// another one with a sentence of its own.
func TestOrdinaryMail(t *testing.T) {
	themes, err := OrdinaryMail()
	if err != nil {
		t.Fatal(err)
	}
	onDisk, err := LoadOrdinary(os.DirFS("ordinary"))
	if err != nil {
		t.Fatal(err)
	}
	if len(themes) != len(onDisk) {
		t.Errorf("%d themes are built in, %d are on disk", len(themes), len(onDisk))
	}
	seen, said := map[string]string{}, map[string]string{}
	for _, theme := range themes {
		for _, m := range theme.Messages {
			name := theme.Folder + "/" + m.File
			if other := seen[string(m.Raw)]; other != "" {
				t.Errorf("%s and %s are the same message", other, name)
			}
			if other := said[m.Fine]; other != "" {
				t.Errorf("%s and %s are fine for the same reason: say what differs", other, name)
			}
			seen[string(m.Raw)], said[m.Fine] = name, name
		}
	}
}
