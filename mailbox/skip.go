package mailbox

import "strings"

// skippedFiles are what mail programs and systems keep beside mail. They are
// passed over in silence when a folder is walked; named on the command line,
// they are read like any file. A "*" at an end stands for anything.
var skippedFiles = []string{
	// Desktop systems.
	".DS_Store", "._*", "Thumbs.db", "desktop.ini", ".directory", ".localized",
	// Dovecot: indexes, UID lists, settings (doc.dovecot.org, "Mailbox formats").
	"dovecot.*", "dovecot-*", ".dovecot*", "maildirfolder", "subscriptions",
	// Courier and Maildir++ quota (courier-mta.org, maildirquota(7)).
	"maildirsize", "courierimap*", "maildirfilter*", ".mailfilter",
	// Cyrus.
	"cyrus.*",
	// MH, Claws Mail, Sylpheed.
	".mh_sequences", ".xmhcache", ".claws_*", ".sylpheed_*", ".claws-mail*",
	// UW IMAP.
	".mailboxlist", ".uidvalidity",
	// Thunderbird: indexes and settings of a profile's mail folders.
	"*.msf", "popstate.dat", "msgFilterRules.dat", "filterlog.html", "virtualFolders.dat", ".parentlock", "lock", "rules.dat",
	// Locks and leftovers.
	"*.lock", ".lock", ".nfs*", ".gitignore", ".gitkeep", ".keep",
	// mbsync, OfflineIMAP, notmuch.
	".mbsyncstate*", ".isyncuidmap.db", ".uidvalidity*",
}

// skippedFolders hold indexes, not mail.
var skippedFolders = []string{".notmuch", ".git", ".imap", "xapian-indexes", "__MACOSX", "*.mozmsgs", ".nov", "courierimapkeywords", "courierimaphieracl"}

func skipFile(name string) bool   { return listed(skippedFiles, name) }
func skipFolder(name string) bool { return listed(skippedFolders, name) }

// skipEntry tells the same of a path inside an archive.
func skipEntry(path string) bool {
	folders := strings.Split(path, "/")
	for _, f := range folders[:len(folders)-1] {
		if skipFolder(f) {
			return true
		}
	}
	return skipFile(folders[len(folders)-1])
}

func listed(patterns []string, name string) bool {
	for _, p := range patterns {
		switch {
		case p == name:
			return true
		case p[0] == '*' && strings.HasSuffix(name, p[1:]),
			p[len(p)-1] == '*' && strings.HasPrefix(name, p[:len(p)-1]):
			return true
		}
	}
	return false
}
