package logs

import "testing"

func TestFilterPatterns(t *testing.T) {
	t.Parallel()
	const (
		web  = `127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534`
		json = `{"level": "error", "n": 5, "ok": true, "nothing": null, "a": {"b": [{"c": 1}, {"c": "two"}]}, "odd.name": "x y"}`
	)
	for _, c := range []struct {
		pattern, message string
		want             bool
	}{
		{"", "anything", true}, {"  ", "anything", true},
		{"ERROR", "[ERROR 400] BAD", true}, {"error", "[ERROR 400] BAD", false}, {"ERROR BAD", "[ERROR 400] BAD", true}, {"ERROR GOOD", "[ERROR 400] BAD", false},
		{`"400] BAD"`, "[ERROR 400] BAD", true}, {`"say \"hi\""`, `to say "hi" again`, true}, {"ERROR -BAD", "[ERROR 400] BAD", false}, {"-BAD", "fine", true},
		{"?WARN ?ERROR", "an ERROR", true}, {"?WARN ?ERROR", "fine", false}, {"?WARN ?ERROR fine", "fine", true}, {`%4\d\d%`, "a 404", true}, {`%4\d\d%`, "a 504", false},
		{`{ $.level = "error" }`, json, true}, {`{ $.level = "err*" }`, json, true}, {`{ $.level = *ror }`, json, true}, {`{ $.level != "error" }`, json, false},
		{`{ $.n > 4 && $.n <= 5 }`, json, true}, {`{ $.n = 5.0 }`, json, true}, {`{ $.n < 5 || $.level = error }`, json, true}, {`{ ($.n < 5 || $.n > 7) && $.ok IS TRUE }`, json, false},
		{`{ $.ok IS TRUE }`, json, true}, {`{ $.ok IS FALSE }`, json, false}, {`{ $.nothing IS NULL }`, json, true}, {`{ $.nothing NOT EXISTS }`, json, false}, {`{ $.none NOT EXISTS }`, json, true},
		{`{ $.none != 1 }`, json, false}, {`{ $.a.b[0].c = 1 }`, json, true}, {`{ $.a.b[*].c = "two" }`, json, true}, {`{ $.a.b[7].c = 1 }`, json, false}, {`{ $.["odd.name"] = "x y" }`, json, true},
		{`{ $.level = %^e.*r$% }`, json, true}, {`{ $.level = "error" }`, "no JSON", false}, {`{ $.x NOT EXISTS }`, "127.0.0.1 no JSON", false}, {`{ $.ok = true }`, json, true},
		{"[ip, id, user, time, request, status, size]", web, true}, {"[ip, id, user, time, request, status = 4*, size > 1000]", web, true}, {"[ip, id, user, time, request, status = 404, size < 1000]", web, false},
		{"[ip, ...]", web, true}, {"[..., size]", web, true}, {"[..., status = 404 || status = 410, size]", web, true}, {"[..., status = 4* && status != 404, size]", web, false},
		{"[ip, user]", web, false}, {`[ip = %127\.0\.0\.\d%, ..., request = "*html*", s, z]`, web, true}, {"[a, b]", "two words", true}, {"[a = two, b = \"words\"]", "two words", true},
	} {
		matches, err := parsePattern(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		if got := matches(c.message); got != c.want {
			t.Errorf("%s on %s: %v", c.pattern, c.message, got)
		}
	}
	for _, bad := range []string{
		`"open`, "a.b", "%[%", "{ $.a = 1", "{ a = 1 }", "{ $.a }", "{ $.a = }", "{ $.a > x }", "{ ($.a = 1 }", "{ $.a = 1 } x", "{ $.a[x] = 1 }", "{ $. = 1 }",
		"[a, ..., ...]", "[a", "[= 1]", "[a 1]", "[a = 1 | a = 2]", "?", "-",
	} {
		if _, err := parsePattern(bad); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}

func FuzzFilterPatterns(f *testing.F) {
	f.Add(`{ $.a.b[0] = "x*" && ($.n > 3 || $.c IS NULL) }`, `{"a": 1}`)
	f.Add(`[a, ..., b = 4* || b > 2]`, `a "b c" [d] 4`)
	f.Add(`?a -"b" %c%`, "abc")
	f.Fuzz(func(_ *testing.T, pattern, message string) {
		if matches, err := parsePattern(pattern); err == nil {
			matches(message)
		}
	})
}
