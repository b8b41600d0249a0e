// Package rules is the catalogue: one file per rule, and All.
//
// A rule is a pure function of the message, the facts and its parameters.
// CONTRIBUTING.md tells how to add one.
package rules

import "maillint/lint"

// All are the rules, in the order in which reports list them. A test fails
// when a rule of this package is missing.
var All = []*lint.Rule{
	ExposedRecipients,
	LookalikeDomain,
	BlockedRecipient,
	StrayRecipient,
	PrivateWebmail,
	AutoForward,
	SharedForwardTarget,
	SenderMismatch,
	DisplayNameSpoof,
	EncryptedArchive,
	RiskyAttachment,
	SharingLink,
	DeceptiveLink,
	MissingAttachment,
	PersonalData,
	Credentials,
	PasswordInMessage,
	MalformedMessage,
}
