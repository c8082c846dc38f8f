package action

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Form judges the text of a parameter. It answers what completes "The value ... of parameter NAME ":
// "is not a whole number from 0 to 100"; empty when the text will do. Strict: only what AWS takes.
type Form func(text string, strict bool) string

// lasting is an ISO 8601 duration in AWS's range. Without strict a second is enough: where the clock
// can be moved nobody needs to wait for a minute.
func lasting(least, most string) Form {
	low, high := mustDuration(least), mustDuration(most)
	return func(text string, strict bool) string {
		d, err := ParseDuration(text)
		if err != nil {
			return "is not an ISO 8601 duration such as PT5M"
		}
		at, from := low, least
		if !strict {
			at, from = min(low, time.Second), shorter(least)
		}
		if d < at || d > high {
			return "is not a duration from " + from + " to " + most
		}
		return ""
	}
}

func shorter(least string) string {
	if mustDuration(least) < time.Second {
		return least
	}
	return "PT1S"
}

func mustDuration(text string) time.Duration {
	d, err := ParseDuration(text)
	if err != nil {
		panic("action: " + err.Error()) // a mistake in the catalogue
	}
	return d
}

// whole is a whole number in a range.
func whole(least, most int) Form {
	return func(text string, _ bool) string {
		if n, err := strconv.Atoi(text); err != nil || n < least || n > most {
			if most == math.MaxInt32 {
				return fmt.Sprintf("is not a whole number from %d", least)
			}
			return fmt.Sprintf("is not a whole number from %d to %d", least, most)
		}
		return ""
	}
}

// number is a number in a range, with fractions.
func number(least, most float64) Form {
	return func(text string, _ bool) string {
		if n, err := strconv.ParseFloat(text, 64); err != nil || !(n >= least && n <= most) {
			return fmt.Sprintf("is not a number from %v to %v", least, most)
		}
		return ""
	}
}

// oneOf is one of some words, in their letters' case.
func oneOf(words ...string) Form {
	return func(text string, _ bool) string {
		if !slices.Contains(words, text) {
			return "is none of " + strings.Join(words, ", ")
		}
		return ""
	}
}

// listOf is a comma-separated list of most texts at the most, each of one form.
func listOf(most int, of Form) Form {
	return func(text string, strict bool) string {
		parts := strings.Split(text, ",")
		if len(parts) > most {
			return fmt.Sprintf("has more than %d elements", most)
		}
		for _, part := range parts {
			part = strings.TrimSpace(part)
			if part == "" {
				return "has an empty element"
			}
			if wrong := of(part, strict); wrong != "" {
				return fmt.Sprintf("has the element %q, which %s", part, wrong)
			}
		}
		return ""
	}
}

// truth is true or false in any case of letters: SSM documents write True.
func truth(text string, _ bool) string {
	if !strings.EqualFold(text, "true") && !strings.EqualFold(text, "false") {
		return "is neither true nor false"
	}
	return ""
}

// object is a JSON object. Raw line breaks inside strings are taken: real templates have them.
func object(text string, strict bool) string {
	var members map[string]any
	if err := json.Unmarshal([]byte(escapeControls(text)), &members); err != nil || members == nil {
		return "is not a JSON object"
	}
	return ""
}

// escapeControls escapes line breaks and tabs inside JSON strings.
func escapeControls(text string) string {
	if !strings.ContainsAny(text, "\n\r\t") {
		return text
	}
	var b strings.Builder
	quoted, escaped := false, false
	for i := range len(text) {
		c := text[i]
		switch {
		case quoted && c < ' ':
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			b.WriteByte(c)
		}
		quoted = quoted != (c == '"' && !escaped)
		escaped = quoted && c == '\\' && !escaped
	}
	return b.String()
}

// matching is a text of one form, which says names.
func matching(form, says string) Form {
	pattern := regexp.MustCompile(form)
	return func(text string, _ bool) string {
		if !pattern.MatchString(text) {
			return "is not " + says
		}
		return ""
	}
}

// Problems is everything that is wrong with the parameters of which each is declared and none that
// is required is missing, in order of the names: what their forms say, then what Check does.
func (a *Action) Problems(parameters map[string]string, strict bool) (problems []*ParameterError) {
	for _, name := range sortedKeys(parameters) {
		if form := a.Parameters[name].Form; form != nil {
			if wrong := form(parameters[name], strict); wrong != "" {
				problems = append(problems, &ParameterError{name, wrong})
			}
		}
	}
	if len(problems) > 0 || a.Check == nil {
		return problems
	}
	if err := a.Check(parameters); err != nil {
		wrong, ok := err.(*ParameterError)
		if !ok {
			wrong = &ParameterError{"parameters", err.Error()}
		}
		problems = append(problems, wrong)
	}
	return problems
}
