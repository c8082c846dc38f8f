package logs

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// comparison is an operator with the value on its right, in JSON and in fields alike.
type comparison struct {
	operator string
	text     string
	// form judges texts with wildcards, and %regular expressions%.
	form *regexp.Regexp
	// number is the value where it is one; quoted values are texts.
	number   float64
	isNumber bool
}

// readOperator takes =, !=, <, <=, > or >=.
func readOperator(rest string) (operator, after string) {
	rest = strings.TrimLeft(rest, " \t\r\n")
	for _, o := range []string{"!=", "<=", ">=", "=", "<", ">"} {
		if after, ok := strings.CutPrefix(rest, o); ok {
			return o, after
		}
	}
	return "", rest
}

// readComparison takes an operator and a value, which ends at one of the characters in ends.
func readComparison(rest, ends string) (c *comparison, after string, err error) {
	c = &comparison{}
	if c.operator, rest = readOperator(rest); c.operator == "" {
		return nil, "", fmt.Errorf("an operator is missing at %q", rest)
	}
	rest = strings.TrimLeft(rest, " \t\r\n")
	isQuoted := strings.HasPrefix(rest, `"`)
	switch {
	case rest == "":
		return nil, "", errors.New("a value is missing")
	case isQuoted:
		if c.text, after, err = quotedText(rest); err != nil {
			return nil, "", err
		}
	case rest[0] == '%':
		text, behind, ok := strings.Cut(rest[1:], "%")
		if !ok {
			return nil, "", errors.New("a closing % is missing")
		}
		c.form, err = regularExpression(text)
		return c, behind, err
	default:
		end := strings.IndexAny(rest, ends)
		if end < 0 {
			end = len(rest)
		}
		if c.text, after = strings.TrimSpace(rest[:end]), rest[end:]; c.text == "" {
			return nil, "", errors.New("a value is missing")
		}
	}
	if number, err := strconv.ParseFloat(c.text, 64); err == nil && !isQuoted {
		c.number, c.isNumber = number, true
	}
	if strings.Contains(c.text, "*") && !c.isNumber {
		parts := strings.Split(c.text, "*")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		if c.form, err = regexp.Compile("(?s)^" + strings.Join(parts, ".*") + "$"); err != nil {
			return nil, "", err
		}
	}
	if c.operator != "=" && c.operator != "!=" && !c.isNumber {
		return nil, "", fmt.Errorf("%s compares numbers only", c.operator)
	}
	return c, after, nil
}

// matchesText judges a text.
func (c *comparison) matchesText(text string) bool {
	if c.isNumber {
		number, err := strconv.ParseFloat(text, 64)
		return err == nil && c.matchesNumber(number) || err != nil && c.operator == "!="
	}
	same := text == c.text
	if c.form != nil {
		same = c.form.MatchString(text)
	}
	return same == (c.operator == "=")
}

func (c *comparison) matchesNumber(number float64) bool {
	if !c.isNumber {
		return c.matchesText(strconv.FormatFloat(number, 'f', -1, 64))
	}
	switch c.operator {
	case "=":
		return number == c.number
	case "!=":
		return number != c.number
	case "<":
		return number < c.number
	case "<=":
		return number <= c.number
	case ">":
		return number > c.number
	}
	return number >= c.number
}
