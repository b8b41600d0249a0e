package content

// settle decides what a text or container is where its bytes leave it open:
// then its name and its label help.
func (f *File) settle(data []byte) {
	label := kindOfLabel(f.Declared)
	switch {
	case f.Kind == PlainText && (f.Named == CSV || f.Named == TSV || f.Named == HTMLText || f.Named == VCard || f.Named == ICalendar || f.Named == XML || f.Named == MessageFile):
		f.Kind = f.Named
	case f.Kind == PlainText && f.Named == Unknown && label != PlainText:
		f.Kind = label
	case f.Kind == Unknown && f.Named.Text() && looksLikeText(data):
		f.Kind = f.Named
	}
}

// nameMarks are what a name tells by itself.
func nameMarks(name string) Flag {
	marks := extensions[extensionOf(name)].mark
	if doubleExtension(name) {
		marks |= DoubleExtension
	}
	if override(name) {
		marks |= NameOverride
	}
	return marks
}

// mark sets what the name and the first octets tell.
func (f *File) mark(data []byte) {
	f.Flags |= nameMarks(f.Name)
	switch f.Kind {
	case Program:
		f.Flags |= Executable
	case ShortcutFile:
		f.Flags |= Shortcut
	case ISO, VHD, WIM, DiskImageFile:
		f.Flags |= DiskImage
	}
}

// disguised: a program or an archive whose name says that it is something to
// look at. Pictures, films and documents under each other's names are everyday.
func (f *File) disguised() bool {
	e, ok := extensions[extensionOf(f.Name)]
	if !ok || e.mark != 0 || e.kind == Unknown || e.kind.Archive() {
		return false
	}
	if f.Flags.Has(Executable|Shortcut|DiskImage) && (f.Kind == Program || f.Kind == ShortcutFile || f.Kind == ISO || f.Kind == VHD) {
		return true
	}
	if !f.Kind.Archive() {
		return false
	}
	switch e.kind {
	case Image, Audio, Video, Font, PDFFile, RTF, CSV, TSV, HTMLText, PlainText:
		return true
	}
	return false
}
