// Package audit reads what administrators can export about forwarding, and
// says where mail leaves the organisation by itself: settings of mailboxes,
// inbox rules, filters, Sieve scripts, aliases, logs of changes, and lists of
// members. Addresses reads lists of members and address books for mistyped
// domains.
//
// An export is recognised by what it holds, never by its name alone. What could
// not be read is an error or a finding, so that nobody takes an unread export
// for a clean one.
package audit
