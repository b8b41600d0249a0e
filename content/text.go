package content

// Text is a stretch of text found in a message, with where it stands and how
// visible it is.
type Text struct {
	Where string // "Subject", "1", "2, sheet 住所録", "2:list.csv"
	File  *File  // nil for the message's own text
	// Hidden says why a reader does not see it at once: "hidden sheet",
	// "comment", "properties" (the names are in hidden.go); "" where he does.
	Hidden string
	// Rows are the cells of a table, nil for prose. Prose is then empty.
	Rows  [][]string
	Prose string
	// Again: the same is said in another form (multipart/alternative).
	Again bool
	// Truncated: there is more than the budget allowed to keep.
	Truncated bool
}

// Why a reader does not see a text at once. Hidden columns and rows are told
// with their letters and numbers: "hidden column C", "hidden row 7".
const (
	HiddenSheet     = "hidden sheet"
	VeryHiddenSheet = "very hidden sheet" // not even in Excel's list of hidden sheets
	HiddenRows      = "hidden rows"
	HiddenColumns   = "hidden columns"
	HiddenText      = "hidden text" // w:vanish
	HiddenSlide     = "hidden slide"
	SameColour      = "white on white"
	CommentText     = "comment"
	DeletedText     = "tracked deletion"
	NotesText       = "notes"
	Properties      = "properties"
	CSSHidden       = "css"
	OutsideParts    = "outside the parts"
	CachedData      = "cached data" // pivot caches, charts, links: data that left the sheet
)
