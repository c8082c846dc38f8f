package logs

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// matcher judges a message.
type matcher func(message string) bool

// parsePattern reads a filter pattern: terms for messages of any form, { ... } for JSON (filter_json.go),
// [ ... ] for fields between blanks (filter_fields.go). The empty pattern lets everything through.
func parsePattern(pattern string) (matcher, error) {
	pattern = strings.TrimSpace(pattern)
	switch {
	case pattern == "":
		return func(string) bool { return true }, nil
	case pattern[0] == '{':
		return parseJSONPattern(pattern)
	case pattern[0] == '[':
		return parseFieldsPattern(pattern)
	}
	return parseTerms(pattern)
}

// parseTerms reads terms: all plain ones must be in the message and no excluded one (-term); of the
// optional ones (?term) one, which counts only where there is no plain term, as on AWS. "..." holds
// blanks, %...% is a regular expression.
func parseTerms(pattern string) (matcher, error) {
	var wanted, excluded, optional []matcher
	for rest := pattern; ; {
		if rest = strings.TrimLeft(rest, " \t\r\n"); rest == "" {
			break
		}
		list := &wanted
		switch rest[0] {
		case '-':
			list, rest = &excluded, rest[1:]
		case '?':
			list, rest = &optional, rest[1:]
		}
		term, after, err := parseTerm(rest)
		if err != nil {
			return nil, err
		}
		*list, rest = append(*list, term), after
	}
	return func(message string) bool {
		for _, m := range excluded {
			if m(message) {
				return false
			}
		}
		for _, m := range wanted {
			if !m(message) {
				return false
			}
		}
		if len(wanted) > 0 || len(optional) == 0 {
			return true
		}
		for _, m := range optional {
			if m(message) {
				return true
			}
		}
		return false
	}, nil
}

func parseTerm(rest string) (m matcher, after string, err error) {
	if rest == "" {
		return nil, "", errors.New("a term is missing")
	}
	if rest[0] == '"' {
		term, after, err := quotedText(rest)
		if err == nil && after != "" && !strings.ContainsRune(" \t\r\n", rune(after[0])) {
			err = fmt.Errorf("a blank is missing after %q", term)
		}
		return contains(term), after, err
	}
	if rest[0] == '%' {
		text, after, ok := strings.Cut(rest[1:], "%")
		if !ok {
			return nil, "", errors.New("a closing % is missing")
		}
		form, err := regularExpression(text)
		if err != nil {
			return nil, "", err
		}
		return form.MatchString, after, nil
	}
	end := strings.IndexAny(rest, " \t\r\n")
	if end < 0 {
		end = len(rest)
	}
	term := rest[:end]
	// AWS wants quotes around what is more than letters, digits and underscores.
	for _, r := range term {
		if r < 0x80 && !isWord(byte(r)) {
			return nil, "", fmt.Errorf("%q must be in quotes", term)
		}
	}
	return contains(term), rest[end:], nil
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func contains(term string) matcher {
	return func(message string) bool { return strings.Contains(message, term) }
}

// quotedText reads "..." with \" and \\ in it.
func quotedText(rest string) (text, after string, err error) {
	var b strings.Builder
	for i := 1; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == '\\' && i+1 < len(rest) && (rest[i+1] == '"' || rest[i+1] == '\\'):
			i++
			b.WriteByte(rest[i])
		case c == '"':
			return b.String(), rest[i+1:], nil
		default:
			b.WriteByte(c)
		}
	}
	return "", "", errors.New("a closing quote is missing")
}

func regularExpression(text string) (*regexp.Regexp, error) {
	form, err := regexp.Compile(text)
	if err != nil {
		return nil, fmt.Errorf("%q is no regular expression", text)
	}
	return form, nil
}
