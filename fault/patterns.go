package fault

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Patterns are names or globs ("Get*"), any of which may match. In JSON a single one may stand alone.
type Patterns []string

// UnmarshalJSON reads a string or a list of strings.
func (p *Patterns) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*p = Patterns{one}
		return nil
	}
	var many []string
	if err := json.Unmarshal(text, &many); err != nil {
		return fmt.Errorf("%s is neither a name nor a list of names", text)
	}
	*p = many
	return nil
}

// MarshalJSON writes a single pattern as it is mostly typed: alone.
func (p Patterns) MarshalJSON() ([]byte, error) {
	if len(p) == 1 {
		return json.Marshal(p[0])
	}
	return json.Marshal([]string(p))
}

// Match is whether one of the patterns is the name, or a glob that covers it; without patterns it is true.
func (p Patterns) Match(name string) bool { return p.matches(name) }

// matches is true when there are no patterns, too.
func (p Patterns) matches(name string) bool {
	if len(p) == 0 {
		return true
	}
	for _, pattern := range p {
		if match(pattern, name) {
			return true
		}
	}
	return false
}

// names is true only for the name itself, not for a glob that happens to cover it.
func (p Patterns) names(name string) bool {
	for _, pattern := range p {
		if pattern == name {
			return true
		}
	}
	return false
}

// hasGlob is true when one of the patterns is a glob.
func (p Patterns) hasGlob() bool {
	for _, pattern := range p {
		if isGlob(pattern) {
			return true
		}
	}
	return false
}

func isGlob(pattern string) bool { return strings.IndexByte(pattern, '*') >= 0 }

func match(pattern, name string) bool { return pattern == name || glob(pattern, name) }

// glob matches '*' against any run of characters.
func glob(pattern, name string) bool {
	star := strings.IndexByte(pattern, '*')
	if star < 0 {
		return pattern == name
	}
	if !strings.HasPrefix(name, pattern[:star]) {
		return false
	}
	name, pattern = name[star:], pattern[star+1:]
	for {
		star = strings.IndexByte(pattern, '*')
		if star < 0 {
			return strings.HasSuffix(name, pattern)
		}
		at := strings.Index(name, pattern[:star])
		if at < 0 {
			return false
		}
		name, pattern = name[at+star:], pattern[star+1:]
	}
}
