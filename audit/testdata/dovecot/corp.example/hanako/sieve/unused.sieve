redirect "old@evil.test";
