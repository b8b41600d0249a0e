// Package maillint holds what ships inside the program: the policy that is
// used where there is no other.
package maillint

import _ "embed"

// Policy is the rules.yaml of this version.
//
//go:embed rules.yaml
var Policy []byte
