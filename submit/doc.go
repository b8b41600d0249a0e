// Package submit is the SMTP client: sessions with the next hop of a proxy,
// and with the route that releases held mail.
//
// It is our own because the parts of a dialogue that decide where mail goes
// must be exact: addresses are quoted in one place, parameters are passed on as
// they came, every answer is kept whole, and a message is compared with what
// was judged before the dot that ends it.
package submit
