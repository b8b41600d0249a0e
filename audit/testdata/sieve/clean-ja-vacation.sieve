require ["vacation","vacation-seconds","date","relational"];
# rule:[休暇]
if allof (currentdate :value "ge" "date" "2026-12-29") { vacation :days 1 :subject "休み" :from "a@corp.example" "連絡は x@evil.test へ"; }
