package policy

// doorSections are the schemas of the sections that doors which act need.
func doorSections() object {
	return object{
		"proxy":   proxySchema(),
		"release": releaseSchema(),
		"holds":   holdsSchema(),
		"store": described("where held mail and history are kept", closed(object{
			"address": text("sqlite:PATH, or postgres://HOST/DATABASE"),
			"key":     text("${NAME} or file:PATH: encrypts bodies and envelopes"),
		})),
		"milter": described("how an MTA hands mail over", closed(object{
			"listen":   described("sockets: unix:PATH or inet:HOST:PORT", ref("oneOrMore")),
			"identity": enum("reverse-path: the MTA checks that a sender may use it", []string{"reverse-path"}),
		})),
		"dkim": object{"type": []string{"object", "null"}, "description": "keys that sign mail again whose signature a change broke, by domain", "additionalProperties": closed(object{
			"selector": text("the public key stands at SELECTOR._domainkey.DOMAIN"),
			"key":      text("${NAME} or file:PATH: a private key in PEM, RSA or Ed25519"),
		}, "selector", "key")},
		"stamp": described("proof that mail went through maillint", closed(object{
			"keys": object{"type": []string{"object", "null"}, "additionalProperties": text("${NAME} or file:PATH"), "description": "by name; the first makes stamps, all are taken"},
		})),
		"canary": described("proof of life: messages of our own that must be found", closed(object{
			"every": spanText("the time between two rounds, from 1s to 1h: 5m"),
			"from":  described("networks, besides this machine, that canaries may come from", ref("texts")),
			"key":   text("${NAME} or file:PATH: shared with maillint canary elsewhere"),
		})),
		"notify": described("how notices are written", closed(object{
			"from":      text("the address they are from"),
			"language":  enum("of people whose language is not known", languages),
			"templates": text("a folder of texts in the place of ours"),
			"webhook": described("a place that is told of alarms and the daily report", closed(object{
				"url":     text("https://..., or ${NAME} or file:PATH"),
				"secret":  text("${NAME} or file:PATH: of the signature"),
				"ca":      text("PEM file of the authorities"),
				"timeout": spanText("how long it may take to answer: 10s"),
			}, "url")),
		})),
	}
}

func limitsSchema() object {
	return described("how far the files of one message are looked into; a limit that is hit is a finding of malformed-message", closed(object{
		"depth":     number("files within files"),
		"files":     number("files of a message, members of archives included"),
		"file_size": sizeText("one member held in memory; of an attachment itself twice that"),
		"unpacked":  sizeText("unpacked for one message"),
		"ratio":     number("unpacked to packed octets of one member, from 8M on"),
		"text":      sizeText("text kept for one message; a cell costs 16 octets besides"),
		"time":      spanText("for one message"),
	}))
}

func sizeText(doc string) object {
	return object{"type": []string{"string", "integer"}, "pattern": sizeForm.String(), "description": doc + ": 50M"}
}

func spanText(doc string) object {
	return object{"type": "string", "pattern": durationForm.String(), "description": doc}
}

func proxySchema() object {
	return described("how mail is taken in and passed on", closed(object{
		"hostname":               text("ours, in greetings and Received"),
		"hide_client":            yesNo("leave out of Received who connected"),
		"subject_prefix":         text("put before the subject of tagged mail"),
		"message_size":           sizeText("the largest message"),
		"recipients":             number("of one message"),
		"memory":                 sizeText("of all messages on their way"),
		"connections":            number("of all clients together"),
		"connections_per_client": number("of one address"),
		"spool": object{"anyOf": []any{sizeText("of files of messages on their way"), closed(object{
			"folder": text("of these files"), "size": sizeText("of all together"), "floor": sizeText("free space below which nothing is taken in"),
		})}},
		"listeners": described("where clients connect", named(listenerSchema())),
		"next_hops": described("where mail is passed on to; the first is that of listeners that name none", named(nextHopSchema())),
	}))
}

func listenerSchema() object {
	return closed(object{
		"address":        text("host:port"),
		"trust":          enum("submission: who logs in; relay: known networks and certificates", listenerTrusts),
		"tls":            enum("how clients encrypt", tlsModes[:Opportunistic]),
		"min_tls":        object{"enum": []any{"1.2", "1.3", 1.2, 1.3}, "description": "the oldest version of TLS"},
		"certificate":    text("PEM file"),
		"key":            text("PEM file"),
		"client_ca":      text("PEM file of the authorities of client certificates"),
		"identity":       enum("where a relay's identity comes from", identityFrom[1:]),
		"auth":           enum("whether a relay may log in", []string{"none", "optional", "required"}),
		"from":           described("networks that may relay", ref("texts")),
		"certificates":   described("names of client certificates that may relay", ref("texts")),
		"xclient":        described("peers whose XCLIENT is believed", ref("texts")),
		"xforward":       described("peers whose XFORWARD is believed", ref("texts")),
		"proxy_protocol": described("peers that send PROXY v2", ref("texts")),
		"bare_lf":        enum("what becomes of a bare LF in a message", []string{"normalise", "refuse"}),
		"transparent":    yesNo("add no Received: behind smtpd_proxy_filter"),
		"next_hop":       text("its name"),
	}, "address")
}

func transportSchema(o object) object {
	o["tls"] = enum("how the server is spoken to", tlsModes)
	o["verify"] = yesNo("whether its certificate must be for its name")
	o["ca"] = text("PEM file of the authorities")
	o["server_name"] = text("the name in its certificate")
	return o
}

func nextHopSchema() object {
	return closed(transportSchema(object{
		"address":    described("host:port, one or several: the next where one does not answer", ref("oneOrMore")),
		"announce":   described("how the client is told: xclient, xforward, proxy", ref("oneOrMore")),
		"oauth_user": enum("whether this server checks the user named in an OAuth login", []string{"unverified", "verified"}),
		"resign":     enum("who signs (DKIM) what we change: nobody, this server, or maillint with a key of dkim", resignNames),
	}), "address")
}

func releaseSchema() object {
	o := closed(transportSchema(object{
		"address":  described("host:port, one or several", ref("oneOrMore")),
		"username": text("of the log-in"),
		"password": text("${NAME} or file:PATH"),
	}), "address")
	o["type"] = []string{"object", "null"}
	return described("the route of held mail, notices and digests; not through maillint again", o)
}

func holdsSchema() object {
	approval := object{"anyOf": []any{text("an address"), object{"type": "array", "items": text("an address")}, closed(object{
		"who": ref("oneOrMore"), "need": number("how many of them"),
	}, "who")}}
	approvals := object{"type": []string{"object", "null"}, "additionalProperties": approval}
	return described("what becomes of held mail, and who decides", closed(object{
		"fallback":   described("the administrators", ref("oneOrMore")),
		"delay":      spanText("how long delayed mail waits: 5m"),
		"confirm":    spanText("how long the sender may confirm: 24h"),
		"approve":    spanText("how long others may approve: 2d"),
		"quarantine": spanText("how long quarantined mail is kept: 30d"),
		"keep":       spanText("how long bytes are kept after a decision against sending: 14d"),
		"split":      yesNo("hold only the recipients that a finding names"),
		"hours": described("the days that count", closed(object{
			"days": text("mon-fri"), "holidays": described("japan, days, file:PATH", ref("texts")),
		})),
		"approvers": described("who may approve", closed(object{
			"rules": described("by rule", approvals), "groups": described("by the sender's group", approvals),
		})),
	}))
}
