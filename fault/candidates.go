package fault

import (
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/aws"
)

// candidates are the rules that can match an operation, in the order of the rules. Where many of them
// are about other resources, an index by the literal beginnings of their patterns leaves those out, so that a
// thousand rules on other tables cost a call no more than a few comparisons.
type candidates struct {
	all []*armed
	// plain are the places in all of the rules that the index does not know.
	plain []int32
	index []prefix // in order of their texts; empty: all are to be looked at
}

// prefix is the literal beginning of patterns.
type prefix struct {
	text string
	// parent is the place of the longest other prefix that this one begins with; -1: there is none.
	parent int32
	rules  []int32 // places in candidates.all
}

const (
	// fewRules are looked at one by one.
	fewRules = 8
	// mostFound is how many rules the index names before looking at all is as well.
	mostFound = 64
)

func newCandidates(all []*armed) *candidates {
	c := &candidates{all: all}
	if len(all) <= fewRules {
		return c
	}
	rules := map[string][]int32{}
	for i, a := range all {
		keys := indexKeys(a.Match.Resource)
		if len(keys) == 0 {
			c.plain = append(c.plain, int32(i))
		}
		for _, key := range keys {
			rules[key] = append(rules[key], int32(i))
		}
	}
	for text, places := range rules {
		c.index = append(c.index, prefix{text: text, parent: -1, rules: places})
	}
	slices.SortFunc(c.index, func(a, b prefix) int { return strings.Compare(a.text, b.text) })
	for i := range c.index {
		at := int32(i) - 1
		for at >= 0 && !strings.HasPrefix(c.index[i].text, c.index[at].text) {
			at = c.index[at].parent
		}
		c.index[i].parent = at
	}
	return c
}

// indexKeys are the literal beginnings that one of a resource's names must have for the patterns to match;
// none when a pattern begins with a star, or there are no patterns.
func indexKeys(patterns Patterns) []string {
	var keys []string
	for _, pattern := range patterns {
		forms := []string{pattern}
		if _, name, ok := strings.Cut(pattern, "/"); ok && !strings.HasPrefix(pattern, "arn:") {
			forms = append(forms, name) // see matchesTyped
		}
		for _, form := range forms {
			literal, _, _ := strings.Cut(form, "*")
			if literal == "" {
				return nil
			}
			keys = append(keys, literal)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// places appends where in all the rules stand that can match the call's resources, in order. ok is
// false when all are to be looked at.
func (c *candidates) places(call *aws.Call, found []int32) (places []int32, ok bool) {
	if len(c.index) == 0 {
		return nil, false
	}
	resources := call.Resources()
	for i := range resources {
		r := &resources[i]
		relative := relativeName(r.ARN)
		names := [...]string{r.ARN, relative, r.Name}
		for k, name := range names {
			if k == 2 && name == relative {
				continue
			}
			if found, ok = c.find(name, found); !ok {
				return nil, false
			}
		}
	}
	if len(found) == 0 {
		return c.plain, true
	}
	if len(found)+len(c.plain) > mostFound {
		return nil, false
	}
	found = append(found, c.plain...)
	slices.Sort(found)
	return slices.Compact(found), true
}

// find appends the rules of all prefixes that name begins with.
func (c *candidates) find(name string, found []int32) ([]int32, bool) {
	// The greatest prefix that is not greater than name: all that name begins with are among it and its parents.
	low, high := 0, len(c.index)
	for low < high {
		middle := (low + high) / 2
		if c.index[middle].text <= name {
			low = middle + 1
		} else {
			high = middle
		}
	}
	for at := int32(low) - 1; at >= 0; at = c.index[at].parent {
		if !strings.HasPrefix(name, c.index[at].text) {
			continue
		}
		if len(found)+len(c.index[at].rules) > mostFound {
			return found, false
		}
		found = append(found, c.index[at].rules...)
	}
	return found, true
}
