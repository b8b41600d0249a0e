package smtpproxy

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// Certificate is a certificate with its key, read anew when one of the files
// changes. It is safe for concurrent use.
type Certificate struct {
	cert, key string
	log       *slog.Logger

	mu      sync.Mutex
	loaded  *tls.Certificate
	stamp   [2]stamp
	checked time.Time
}

// stamp tells whether a file changed.
type stamp struct {
	at   time.Time
	size int64
}

// LoadCertificate reads PEM files. A later change that cannot be read leaves
// the former certificate in use and is logged.
func LoadCertificate(cert, key string, log *slog.Logger) (*Certificate, error) {
	c := &Certificate{cert: cert, key: key, log: log}
	c.stamp = c.stamps()
	if err := c.load(); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Certificate) load() error {
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return fmt.Errorf("smtpproxy: certificate %s: %w", c.cert, err)
	}
	c.loaded = &pair
	return nil
}

func (c *Certificate) stamps() (s [2]stamp) {
	for i, name := range []string{c.cert, c.key} {
		if info, err := os.Stat(name); err == nil {
			s[i] = stamp{info.ModTime(), info.Size()}
		}
	}
	return s
}

// recheck is how often the files are looked at, at most.
const recheck = time.Second

// Get is tls.Config.GetCertificate.
func (c *Certificate) Get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); now.Sub(c.checked) >= recheck {
		c.checked = now
		if s := c.stamps(); s != c.stamp {
			c.stamp = s
			if err := c.load(); err != nil && c.log != nil {
				c.log.Error("certificate was changed and cannot be read; the former one stays", "file", c.cert, "error", err)
			}
		}
	}
	return c.loaded, nil
}

// Expires tells when the certificate that is in use ends.
func (c *Certificate) Expires() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.loaded.Leaf == nil {
		return time.Time{}
	}
	return c.loaded.Leaf.NotAfter
}

// authorities reads a PEM file of certificates.
func authorities(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("smtpproxy: authorities: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("smtpproxy: authorities %s: %w", file, errors.New("no certificate in PEM form"))
	}
	return pool, nil
}
