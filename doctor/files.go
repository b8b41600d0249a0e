package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// lookSecrets: nobody but the program reads keys and passwords.
func lookSecrets(_ context.Context, p *Patient, say saying) {
	files := secretFiles(p)
	good := 0
	for _, path := range files {
		info, err := os.Stat(path)
		switch {
		case err != nil:
			say(Fail, err.Error(), "the next start or reload is refused", "put the file back")
		case info.Mode().Perm()&0o007 != 0:
			say(Fail, fmt.Sprintf("%s can be read or changed by everybody on this machine (%s)", path, info.Mode().Perm()), "the key is not secret", "chmod 640 "+path+", and make a new key")
		case info.Mode().Perm()&0o020 != 0:
			say(Warn, fmt.Sprintf("%s can be changed by its group (%s)", path, info.Mode().Perm()), "whoever is in it may put another key there", "chmod 640 "+path)
		default:
			good++
		}
	}
	if len(files) == 0 {
		say(Skipped, "the policy names no file of a key or password", "", "")
		return
	}
	if good == len(files) {
		say(OK, fmt.Sprintf("%d files of keys and passwords, none of them readable by everybody", good), "", "")
	}
}

func secretFiles(p *Patient) []string {
	var out []string
	add := func(path string) {
		if path != "" && !contains(out, path) {
			out = append(out, path)
		}
	}
	for _, l := range p.Policy.Proxy.Listeners {
		add(l.Key)
	}
	for _, k := range p.Policy.Stamp {
		add(k.Secret.File())
	}
	add(p.Policy.Store.Key.File())
	add(p.Policy.Release.Password.File())
	add(p.Policy.Notify.Webhook.Secret.File())
	return out
}

// soonExpired is how long before its end a certificate is told of.
const soonExpired = 14 * 24 * time.Hour

func lookCertificates(_ context.Context, p *Patient, say saying) {
	found := false
	for _, l := range p.Policy.Proxy.Listeners {
		if l.Certificate == "" {
			continue
		}
		found = true
		pair, err := tls.LoadX509KeyPair(l.Certificate, l.Key)
		if err != nil {
			say(Fail, fmt.Sprintf("listener %s: %v", l.Name, err), "clients of this listener get no TLS", "put a certificate and its key there, and reload")
			continue
		}
		leaf, err := x509.ParseCertificate(pair.Certificate[0])
		if err != nil {
			say(Fail, fmt.Sprintf("listener %s: %s: %v", l.Name, l.Certificate, err), "clients of this listener get no TLS", "put a certificate there")
			continue
		}
		expiry(say, p.Now(), "listener "+l.Name, leaf)
		if host := p.Policy.Proxy.Hostname; leaf.VerifyHostname(host) != nil {
			say(Warn, fmt.Sprintf("listener %s: the certificate is not for %s", l.Name, host), "clients that connect to this name warn, or refuse", "take one for that name, or set proxy.hostname to the name that clients use")
		}
	}
	if !found {
		say(Skipped, "no listener has one", "", "")
	}
}

// expiry says how long a certificate is good for.
func expiry(say saying, now time.Time, whose string, leaf *x509.Certificate) {
	day := leaf.NotAfter.Format(time.DateOnly)
	switch {
	case now.After(leaf.NotAfter):
		say(Fail, fmt.Sprintf("%s: the certificate ended on %s", whose, day), "whoever checks it does not connect", "renew it")
	case now.Before(leaf.NotBefore):
		say(Fail, fmt.Sprintf("%s: the certificate begins on %s only", whose, leaf.NotBefore.Format(time.DateOnly)), "whoever checks it does not connect", "look at the clock, and at the certificate")
	case leaf.NotAfter.Sub(now) < soonExpired:
		say(Warn, fmt.Sprintf("%s: the certificate ends on %s", whose, day), "from then on whoever checks it does not connect", "renew it")
	default:
		say(OK, fmt.Sprintf("%s: good until %s", whose, day), "", "")
	}
}

func lookSpool(_ context.Context, p *Patient, say saying) {
	folder := p.Policy.Proxy.SpoolFolder
	if folder == "" {
		folder = os.TempDir()
	}
	f, err := os.CreateTemp(folder, "maillint-doctor-")
	if err != nil {
		say(Fail, err.Error(), "large messages cannot be taken in", "make the folder writable for the program (proxy.spool_folder)")
		return
	}
	f.Close()
	os.Remove(f.Name())
	room(say, folder, "the spool folder", uint64(p.Policy.Proxy.Floor)+uint64(p.Policy.Proxy.Spool))
}

// room says how much is free where a path is; below floor too little.
func room(say saying, path, what string, floor uint64) {
	free, all, err := space(path)
	switch {
	case err != nil:
		say(Skipped, fmt.Sprintf("%s: free space is not known: %v", what, err), "", "")
	case free < floor:
		say(Fail, fmt.Sprintf("%s, %s: %s free, and %s may be needed", what, path, size(free), size(floor)), "when it is full, mail is answered 452 or 451", "make room, or lower what may be used in the policy")
	case free < all/20:
		say(Warn, fmt.Sprintf("%s, %s: %s free, less than a twentieth", what, path, size(free)), "when it is full, mail is answered 452 or 451", "make room")
	default:
		say(OK, fmt.Sprintf("%s, %s: %s free", what, path, size(free)), "", "")
	}
}

func size(n uint64) string {
	switch {
	case n >= 10<<30:
		return fmt.Sprintf("%d GB", n>>30)
	case n >= 10<<20:
		return fmt.Sprintf("%d MB", n>>20)
	}
	return fmt.Sprintf("%d kB", n>>10)
}

// folderOf is the folder that a file is in.
func folderOf(path string) string { return filepath.Dir(path) }
