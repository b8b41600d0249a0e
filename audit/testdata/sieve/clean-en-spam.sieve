require ["fileinto","imap4flags","mailbox"];
if anyof (header :contains "X-Spam-Status" "Yes", header :contains "subject" ["viagra"]) { fileinto :create "Junk"; setflag "\\Seen"; stop; }
if address :is "from" "bank@bank.example" { fileinto "銀行"; }
if header :contains "subject" "invoice" { fileinto "Invoices"; }
