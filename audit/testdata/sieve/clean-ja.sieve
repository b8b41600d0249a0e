require ["fileinto"];
# 迷惑メールの振り分け
if header :contains "Subject" ["[SPAM]", "未承諾広告"] { fileinto "迷惑メール"; stop; }
if header :contains "Subject" "請求書" { fileinto "経理"; }
