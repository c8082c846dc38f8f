package logs

import (
	"errors"
	"fmt"
	"strings"
)

// field is one place of a pattern: a name, with conditions or not.
type field struct {
	// either are alternatives, each of conditions that all must hold; none: anything goes.
	either [][]*comparison
}

// parseFieldsPattern reads [ip, user, ..., status = 4* || status = 5*, bytes > 1000]: each name stands
// for a field of the message, "..." for any number of them.
func parseFieldsPattern(pattern string) (matcher, error) {
	inner, ok := strings.CutSuffix(pattern[1:], "]")
	if !ok {
		return nil, errors.New("a closing bracket is missing")
	}
	var before, after []field
	elastic := false
	for _, text := range splitFields(inner) {
		if text == "..." {
			if elastic {
				return nil, errors.New("only one ... is possible")
			}
			elastic = true
			continue
		}
		f, err := parseField(text)
		if err != nil {
			return nil, err
		}
		if elastic {
			after = append(after, f)
		} else {
			before = append(before, f)
		}
	}
	return func(message string) bool {
		texts := fieldsOf(message)
		fixed := len(before) + len(after)
		if len(texts) < fixed || !elastic && len(texts) != fixed {
			return false
		}
		for i, f := range before {
			if !f.matches(texts[i]) {
				return false
			}
		}
		for i, f := range after {
			if !f.matches(texts[len(texts)-len(after)+i]) {
				return false
			}
		}
		return true
	}, nil
}

// splitFields cuts at commas outside of quotes and regular expressions.
func splitFields(inner string) (all []string) {
	start, within := 0, byte(0)
	for i := 0; i < len(inner); i++ {
		switch c := inner[i]; {
		case within != 0:
			if c == within {
				within = 0
			}
		case c == '"' || c == '%':
			within = c
		case c == ',':
			all = append(all, strings.TrimSpace(inner[start:i]))
			start = i + 1
		}
	}
	return append(all, strings.TrimSpace(inner[start:]))
}

func parseField(text string) (f field, err error) {
	name := text
	for alternative := []*comparison{}; ; {
		end := 0
		for end < len(text) && isWord(text[end]) {
			end++
		}
		name, text = text[:end], strings.TrimLeft(text[end:], " \t\r\n")
		if name == "" {
			return f, fmt.Errorf("a field's name is missing at %q", text)
		}
		if text == "" && f.either == nil && len(alternative) == 0 {
			return f, nil
		}
		c, after, err := readComparison(text, " \t\r\n&|")
		if err != nil {
			return f, err
		}
		alternative = append(alternative, c)
		text = strings.TrimLeft(after, " \t\r\n")
		switch {
		case text == "":
			f.either = append(f.either, alternative)
			return f, nil
		case strings.HasPrefix(text, "||"):
			f.either = append(f.either, alternative)
			alternative = []*comparison{}
		case !strings.HasPrefix(text, "&&"):
			return f, fmt.Errorf("unexpected %q", text)
		}
		text = strings.TrimLeft(text[2:], " \t\r\n")
	}
}

func (f *field) matches(text string) bool {
	if f.either == nil {
		return true
	}
	for _, alternative := range f.either {
		all := true
		for _, c := range alternative {
			all = all && c.matchesText(text)
		}
		if all {
			return true
		}
	}
	return false
}

// fieldsOf are the fields of a message: what is between blanks, or in quotes or brackets.
func fieldsOf(message string) (all []string) {
	for {
		if message = strings.TrimLeft(message, " \t\r\n"); message == "" {
			return all
		}
		closing := map[byte]string{'"': `"`, '[': "]"}[message[0]]
		if inner, rest, ok := strings.Cut(message[1:], closing); closing != "" && ok {
			all, message = append(all, inner), rest
			continue
		}
		end := strings.IndexAny(message, " \t\r\n")
		if end < 0 {
			return append(all, message)
		}
		all, message = append(all, message[:end]), message[end:]
	}
}
