package cli

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// The values of flags. Set answers errors that go on after "VALUE is ".

// address is HOST:PORT.
type address string

func (a *address) String() string { return string(*a) }
func (a *address) Type() string   { return "HOST:PORT" }
func (a *address) Set(text string) error {
	_, port, err := net.SplitHostPort(text)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return errors.New("not HOST:PORT, such as 127.0.0.1:4566 (port 0 picks a free one)")
	}
	*a = address(text)
	return nil
}

// folder is the path of a folder.
type folder string

func (f *folder) String() string { return string(*f) }
func (f *folder) Type() string   { return "DIR" }
func (f *folder) Set(text string) error {
	if text == "" {
		return errors.New("not a folder; leave the flag out to keep data in memory")
	}
	*f = folder(text)
	return nil
}

// file is the path of a file.
type file string

func (f *file) String() string { return string(*f) }
func (f *file) Type() string   { return "FILE" }
func (f *file) Set(text string) error {
	if text == "" {
		return errors.New("not a file")
	}
	*f = file(text)
	return nil
}

// token is the secret that whoever steers a server has to show.
type token string

func (t *token) String() string { return string(*t) }
func (t *token) Type() string   { return "TOKEN" }
func (t *token) secret()        {} // config does not show it
func (t *token) Set(text string) error {
	if strings.TrimSpace(text) != text || len(text) < 8 || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return &hiddenValueError{errors.New("not a token: 8 characters at least, without blanks; for example the output of 'openssl rand -hex 16'")}
	}
	*t = token(text)
	return nil
}

// toggle is on or off.
type toggle bool

func (t *toggle) String() string { return strconv.FormatBool(bool(*t)) }
func (t *toggle) Type() string   { return "bool" }
func (t *toggle) Set(text string) error {
	on, err := strconv.ParseBool(text)
	if err != nil {
		return errors.New("neither true nor false")
	}
	*t = toggle(on)
	return nil
}

// seed is a number that may be left out.
type seed struct {
	number uint64
	given  bool
}

func (s *seed) Type() string { return "N" }
func (s *seed) String() string {
	if !s.given {
		return ""
	}
	return strconv.FormatUint(s.number, 10)
}
func (s *seed) Set(text string) error {
	number, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return errors.New("not a whole number from 0 to 18446744073709551615")
	}
	*s = seed{number, true}
	return nil
}

// choice is one of several words.
type choice struct {
	word  string
	words []string
}

func (c *choice) String() string { return c.word }
func (c *choice) Type() string   { return strings.Join(c.words, "|") }
func (c *choice) Set(text string) error {
	if !slices.Contains(c.words, text) {
		return fmt.Errorf("not one of %s", strings.Join(c.words, ", "))
	}
	c.word = text
	return nil
}

// list is values of one sort: a flag may stand several times, and commas separate, too.
type list struct {
	values []string
	name   string
	// read checks a value and answers it as the server wants it.
	read func(string) (string, error)
}

func (l *list) String() string { return strings.Join(l.values, ",") }
func (l *list) Type() string   { return l.name }
func (l *list) list() []string { return l.values }
func (l *list) Set(text string) error {
	for value := range strings.SplitSeq(text, ",") {
		value, err := l.read(strings.TrimSpace(value))
		if err != nil {
			return err
		}
		l.values = append(l.values, value)
	}
	return nil
}

// readOrigin wants what a browser sends as Origin, or "*" for all.
func readOrigin(text string) (string, error) {
	if text == "*" {
		return text, nil
	}
	u, err := url.Parse(strings.TrimSuffix(text, "/"))
	if err != nil || u.Scheme == "" || u.Host == "" || *u != (url.URL{Scheme: u.Scheme, Host: u.Host}) {
		return "", errors.New("not an origin, such as https://app.example.com or http://localhost:3000, or * for all")
	}
	return strings.ToLower(u.Scheme + "://" + u.Host), nil
}

// readHost wants a name without scheme and port, ".example.com" for all names below, or "*" for all.
func readHost(text string) (string, error) {
	if address := net.ParseIP(strings.Trim(text, "[]")); address != nil {
		return address.String(), nil
	}
	if text == "" || text != "*" && strings.ContainsAny(text, "/:*@ ") {
		return "", errors.New("not a host name, such as aws.example.com, .example.com for all below it, or * for all")
	}
	return strings.ToLower(strings.TrimSuffix(text, ".")), nil
}

// endpoint is where a server answers (a URL without a path) and what it wants to see of who steers it.
type endpoint struct {
	url   string
	token token
}

func (e *endpoint) String() string { return e.url }
func (e *endpoint) Type() string   { return "URL" }
func (e *endpoint) Set(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil ||
		strings.Trim(u.Path, "/") != "" {
		return errors.New("not the URL of a server, such as http://127.0.0.1:4566")
	}
	e.url = u.Scheme + "://" + u.Host
	return nil
}

// tags are NAME=VALUE, each once; values may hold commas and be empty.
type tags map[string]string

func (t *tags) Type() string   { return "NAME=VALUE" }
func (t *tags) String() string { return "" }
func (t *tags) Set(text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return errors.New("not NAME=VALUE")
	}
	if *t == nil {
		*t = tags{}
	}
	(*t)[name] = value
	return nil
}
