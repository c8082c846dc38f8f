package cli

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// credentials are access keys with their secrets, which nothing shows.
type credentials map[string]string

func (c *credentials) Type() string { return "KEY=SECRET" }
func (c *credentials) named()       {} // the configuration file may say it as a mapping
func (c *credentials) secret()      {}

func (c *credentials) String() string { return strings.Join(c.list(), ",") }

// list has the keys alone.
func (c *credentials) list() []string {
	var list []string
	for _, key := range slices.Sorted(maps.Keys(*c)) {
		list = append(list, key+"="+hidden)
	}
	return list
}

func (c *credentials) Set(text string) error {
	for item := range strings.SplitSeq(text, ",") {
		key, secret, _ := strings.Cut(strings.TrimSpace(item), "=")
		bad := func(r rune) bool { return r <= ' ' || r > '~' }
		if key == "" || secret == "" || len(key) > 128 || strings.Contains(key, "/") || strings.ContainsFunc(item, bad) {
			return &hiddenValueError{errors.New("not KEY=SECRET: an access key id and its secret access key, without blanks")}
		}
		if other, twice := (*c)[key]; twice && other != secret {
			return &hiddenValueError{errors.New("the second secret of the access key " + key)}
		}
		if *c == nil {
			*c = credentials{}
		}
		(*c)[key] = secret
	}
	return nil
}
