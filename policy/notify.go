package policy

import (
	"net"
	"net/url"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"maillint/message"
)

// Notify says how notices are written.
type Notify struct {
	// From is the address that notices are from; it sends nothing else.
	From      message.Address
	Language  string // "ja" or "en", for people whose language is not known
	Templates string // folder of texts that take the place of ours; "" for ours
	Webhook   Webhook
}

// Webhook is a place that is told of alarms and the daily report, by HTTPS.
type Webhook struct {
	URL     Secret // it often holds a token; empty: none
	Secret  Secret // of the signature; empty: not signed
	CA      []byte // PEM of the authorities; the machine's if empty
	Timeout time.Duration
}

func (r *reader) readNotify(n *yaml.Node, path string) Notify {
	out := Notify{Language: "ja"}
	r.mapping(n, path, "key",
		key{"from", func(v *yaml.Node, p string) {
			if s, ok := r.text(v, p); ok {
				out.From, _ = r.address(r.at(v), p, s)
			}
		}},
		key{"language", func(v *yaml.Node, p string) {
			if i, ok := r.word(v, p, "language", languages); ok {
				out.Language = languages[i]
			}
		}},
		key{"templates", func(v *yaml.Node, p string) { out.Templates = r.path(v, p) }},
		key{"webhook", func(v *yaml.Node, p string) { out.Webhook = r.readWebhook(v, p) }},
	)
	return out
}

// webhookTimeout is how long a webhook may take to answer.
const webhookTimeout = 10 * time.Second

func (r *reader) readWebhook(n *yaml.Node, path string) Webhook {
	out := Webhook{Timeout: webhookTimeout}
	r.mapping(n, path, "key",
		key{"url", func(v *yaml.Node, p string) { out.URL = r.webhookURL(v, p) }},
		key{"secret", func(v *yaml.Node, p string) {
			if out.Secret = r.secret(v, p); out.Secret.Reveal() != "" && len(out.Secret.Reveal()) < 16 {
				r.fail(r.at(v), `make one with "openssl rand -hex 32"`, "%sshorter than 16 characters", prefix(p))
			}
		}},
		key{"ca", func(v *yaml.Node, p string) {
			data, err := r.world.read(r.path(v, p))
			if err != nil {
				r.fail(r.at(v), "", "%scannot read the authority: %v", prefix(p), err)
			}
			out.CA = data
		}},
		key{"timeout", func(v *yaml.Node, p string) {
			if out.Timeout = r.duration(v, p); out.Timeout < time.Second || out.Timeout > time.Minute {
				r.fail(r.at(v), "from 1s to 1m", "%s%s is out of range", prefix(p), out.Timeout)
			}
		}},
	)
	if !isNull(n) && find(n, "url") == nil {
		r.fail(r.at(n), "like https://hooks.example.ac.jp/maillint", "%surl is missing", prefix(path))
	}
	return out
}

// webhookURL reads a place in clear, or "${NAME}" or "file:PATH" where it holds
// a token.
func (r *reader) webhookURL(n *yaml.Node, path string) Secret {
	out := Secret{}
	if s, ok := r.raw(n, path); ok && !strings.HasPrefix(s, "file:") && !variable.MatchString(s) {
		out.value = s
	} else if ok {
		out = r.secret(n, path)
	}
	u, err := url.Parse(out.value)
	switch {
	case out.value == "":
	case err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http":
		r.fail(r.at(n), "like https://hooks.example.ac.jp/maillint", "%sno address of a webhook", prefix(path))
	case u.Scheme == "http" && !loopbackHost(u.Hostname()):
		r.fail(r.at(n), "write https://", "%sin clear only to this machine", prefix(path))
	}
	return out
}

// loopbackHost: a name or an address of this machine.
func loopbackHost(host string) bool { return loopback(net.JoinHostPort(host, "0")) }

var languages = []string{"ja", "en"}
