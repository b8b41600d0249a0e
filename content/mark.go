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

// mark sets what the name and the first octets tell.
func (f *File) mark(data []byte) {
	f.Flags |= extensions[extensionOf(f.Name)].mark
	switch f.Kind {
	case Program:
		f.Flags |= Executable
	case ShortcutFile:
		f.Flags |= Shortcut
	case ISO, VHD, WIM, DiskImageFile:
		f.Flags |= DiskImage
	}
	if doubleExtension(f.Name) {
		f.Flags |= DoubleExtension
	}
	if override(f.Name) {
		f.Flags |= NameOverride
	}
	if f.Flags.Has(Executable|Shortcut|DiskImage) && f.Named != Unknown && harmless(extensions[extensionOf(f.Name)]) {
		f.Flags |= TypeMismatch
	}
}
