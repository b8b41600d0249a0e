package audit

// testWords gives the texts that a test looks for, header names left out.
func testWords(t *sieveNode) []string {
	var out []string
	for _, s := range t.tests {
		if t.name != "not" {
			out = append(out, testWords(s)...)
		}
	}
	args := t.plain(valuedTags...)
	switch t.name {
	case "header", "address", "envelope", "string":
		if len(args) >= 2 {
			out = append(out, args[len(args)-1]...)
		}
	case "body":
		if len(args) >= 1 {
			out = append(out, args[len(args)-1]...)
		}
	}
	return out
}
