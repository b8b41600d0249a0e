package content

import "bytes"

// autoNames are procedures that Office calls by itself (Microsoft, "Auto
// macros" and the events of Document, Workbook and Presentation). The letters
// stand in the compressed source as they are, as long as the name is not cut
// by a copy of what came before.
var autoNames = [][]byte{
	[]byte("AutoOpen"), []byte("AutoExec"), []byte("Auto_Open"), []byte("AutoClose"), []byte("Auto_Close"), []byte("AutoNew"),
	[]byte("Document_Open"), []byte("Document_New"), []byte("Document_Close"), []byte("Workbook_Open"), []byte("Workbook_Activate"), []byte("Workbook_BeforeClose"),
}

// startsItself looks for such a name in a VBA project.
func startsItself(project []byte) bool {
	for _, name := range autoNames {
		if bytes.Contains(project, name) {
			return true
		}
	}
	return false
}
