// Package maillint holds what ships inside the program: the policy that is
// used where there is no other.
package maillint

//go:generate go run ./internal/page/gen
//go:generate go run ./internal/picture text docs/report.svg tokyo-2023-hand-out kagoshima-2023-mailman-laboratory
//go:generate go run ./internal/picture html docs/report-html.svg tokyo-2023-hand-out tokyo-2023-gmail-to-and-cc kagoshima-2023-mailman-laboratory disney-2022-account-locked isumi-2022-president-over-free-mailbox qst-2022-stray-recipient everyday-attachment-forgotten yokohama-2018-gmail-forwarding toyota-2023-forced-bcc-stopped gunma-2023-shared-recording

import _ "embed"

// Policy is the rules.yaml of this version.
//
//go:embed rules.yaml
var Policy []byte
