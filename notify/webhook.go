package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Event is what a webhook is told, as JSON. Fields are added, never renamed or
// taken away; nothing in it comes from a message.
type Event struct {
	Version int    `json:"version"` // 1
	Event   string `json:"event"`   // "alarm", "report", "test"
	// Delivery is the same when the event is sent again: a receiver that has
	// seen it drops it.
	Delivery     string    `json:"delivery"`
	Kind         string    `json:"kind"`         // of an alarm: "release route", "busy RULE", "brake RULE" ...
	Text         string    `json:"text"`         // one sentence, in English
	ID           string    `json:"id,omitempty"` // of a transaction or a held message
	Node         string    `json:"node"`
	Organization string    `json:"organization,omitempty"`
	Time         time.Time `json:"time"`
	// Dropped are events that were given up before this one.
	Dropped int `json:"dropped,omitempty"`
}

// Headers of a webhook's request.
const (
	TimeHeader      = "X-Maillint-Time"      // Unix seconds, when it was sent
	SignatureHeader = "X-Maillint-Signature" // Sign
)

// Sign is what a receiver compares the signature with: "v1=" and the HMAC-SHA256
// of the time header, a dot and the body, in hexadecimal.
func Sign(secret []byte, at string, body []byte) string {
	m := hmac.New(sha256.New, secret)
	m.Write([]byte(at + "."))
	m.Write(body)
	return "v1=" + hex.EncodeToString(m.Sum(nil))
}

// Webhook is a place that is told by HTTPS. It is safe for concurrent use.
type Webhook struct {
	url    string
	secret []byte
	client *http.Client
}

// ErrHookRefused is a webhook's answer that asking again would not change.
var ErrHookRefused = errors.New("the webhook refuses it")

// NewWebhook makes a webhook: url is HTTPS, or HTTP on this machine. Its server
// is known by an authority of ca (PEM), or of the system where that is empty.
// Without a secret nothing is signed.
func NewWebhook(url string, secret, ca []byte, timeout time.Duration) (*Webhook, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if len(ca) > 0 {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(ca) {
			return nil, errors.New("webhook: no certificate in the file of the authority")
		}
	}
	return &Webhook{url: url, secret: secret, client: &http.Client{
		Timeout:   timeout,
		Transport: &http.Transport{TLSClientConfig: config, Proxy: http.ProxyFromEnvironment, MaxResponseHeaderBytes: 16 << 10, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // what is signed for one place goes to no other
		},
	}}, nil
}

// Send tells it once. An error that is ErrHookRefused is final; after others it
// may be tried again.
func (w *Webhook) Send(ctx context.Context, e Event) error {
	body, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("webhook: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("webhook: %w: %w", ErrHookRefused, err)
	}
	at := strconv.FormatInt(time.Now().Unix(), 10)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "maillint")
	r.Header.Set(TimeHeader, at)
	if len(w.secret) > 0 {
		r.Header.Set(SignatureHeader, Sign(w.secret, at, body))
	}
	answer, err := w.client.Do(r)
	if err != nil {
		return fmt.Errorf("webhook: %w", err)
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, 4<<10)
	return hookAnswer(answer.StatusCode)
}

// hookAnswer makes an error of a status: redirects are refusals, and so are
// requests that the receiver cannot use; it may be busy, or out of order.
func hookAnswer(status int) error {
	switch {
	case status/100 == 2:
		return nil
	case status/100 == 5, status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests:
		return fmt.Errorf("webhook: it answers %d", status)
	case status/100 == 3:
		return fmt.Errorf("webhook: %w: it answers %d, and redirects are not followed (write the final address)", ErrHookRefused, status)
	}
	return fmt.Errorf("webhook: %w: it answers %d", ErrHookRefused, status)
}
