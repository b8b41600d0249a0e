require ["fileinto", "imap4flags", "vacation"];
# redirect "old@evil.test";
/* redirect :copy "drop@evil.test"; */
if header :contains "List-Id" "announce" { fileinto "Lists"; stop; }
if address :is "from" "boss@corp.example" { redirect :copy "assistant@corp.example"; }
vacation :days 7 text:
I am away. redirect "nobody@evil.test";
.
;
