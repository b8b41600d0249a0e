require "fileinto";
# 振り分け
if header :contains "Subject" "会議" { fileinto "会議"; }
