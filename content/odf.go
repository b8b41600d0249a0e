package content

// readODF reads an OpenDocument file (ISO/IEC 26300).
func readODF(in *Inspection, f *File, z *zipFile) {}
