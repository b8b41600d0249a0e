// Package maillint holds what ships inside the program: the policy that is
// used where there is no other.
package maillint

//go:generate go run ./internal/page/gen
//go:generate go run ./internal/picture docs/report.svg tokyo-2023-hand-out kagoshima-2023-mailman-laboratory

import _ "embed"

// Policy is the rules.yaml of this version.
//
//go:embed rules.yaml
var Policy []byte
