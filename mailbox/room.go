package mailbox

// room makes space for reading on, at most one octet over most, which tells
// that there is more.
func room(data []byte, most int64) []byte {
	if cap(data) > len(data) {
		return data
	}
	grown := make([]byte, len(data), int(min(max(64<<10, int64(2*cap(data))), most+1)))
	copy(grown, data)
	return grown
}
