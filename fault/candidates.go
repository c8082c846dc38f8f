package fault

import (
	"maps"
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
	index *prefix // nil: all are to be looked at
	// byARN is true when the index has a text that an ARN can begin with.
	byARN bool
	// byRelative is true when a pattern could match "type/name" and not begin as "type/" or as the name does.
	byRelative bool
}

// prefix is a node of a tree of the literal beginnings of patterns. A name is followed from the root as far as
// it goes; mostly that is not far.
type prefix struct {
	text     string  // what it adds to its parent
	rules    []int32 // places in candidates.all
	firsts   string  // the first bytes of the children, in their order
	children []prefix
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
		c.byRelative = c.byRelative || slices.ContainsFunc(a.Match.Resource, isVague)
		for _, key := range keys {
			rules[key] = append(rules[key], int32(i))
		}
	}
	texts := slices.Sorted(maps.Keys(rules))
	for _, text := range texts {
		c.byARN = c.byARN || strings.HasPrefix(text, "arn:") || strings.HasPrefix("arn:", text)
	}
	if len(texts) > 0 {
		root := newPrefix(texts, 0, 0, rules)
		c.index = &root
	}
	return c
}

// newPrefix is the node of texts, which are sorted and have their first so many bytes in common. Those up to
// parent are its ancestors'.
func newPrefix(texts []string, parent, common int, rules map[string][]int32) prefix {
	n := prefix{text: texts[0][parent:common]}
	if len(texts[0]) == common {
		n.rules, texts = rules[texts[0]], texts[1:]
	}
	for len(texts) > 0 {
		first := texts[0][common]
		end := 1
		for end < len(texts) && texts[end][common] == first {
			end++
		}
		// What the first and the last have in common, all between them have as well.
		shared := common + 1
		for last := texts[end-1]; shared < len(texts[0]) && texts[0][shared] == last[shared]; {
			shared++
		}
		n.firsts += string([]byte{first})
		n.children = append(n.children, newPrefix(texts[:end], common, shared, rules))
		texts = texts[end:]
	}
	return n
}

// isVague reports whether a pattern's star comes before any slash: "tab*" matches "table/Orders".
func isVague(pattern string) bool {
	literal, _, star := strings.Cut(pattern, "*")
	return star && !strings.Contains(literal, "/")
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
	if c.index == nil {
		return nil, false
	}
	resources := call.Resources()
	var buffer [256]byte
	for i := range resources {
		r := &resources[i]
		if !c.byARN && !c.byRelative && r.IsTyped() {
			if found, ok = c.find(append(buffer[:0], r.Name...), found); !ok {
				return nil, false
			}
			continue
		}
		arn, at := r.AppendARN(buffer[:0])
		relative := arn[at:]
		if c.byARN {
			if found, ok = c.find(arn, found); !ok {
				return nil, false
			}
		}
		if found, ok = c.find(relative, found); !ok {
			return nil, false
		}
		if string(relative) == r.Name {
			continue
		}
		if found, ok = c.find(append(buffer[:0], r.Name...), found); !ok {
			return nil, false
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
func (c *candidates) find(name []byte, found []int32) ([]int32, bool) {
	for n := c.index; ; {
		if len(found)+len(n.rules) > mostFound {
			return found, false
		}
		found = append(found, n.rules...)
		if len(name) == 0 {
			return found, true
		}
		at := strings.IndexByte(n.firsts, name[0])
		if at < 0 {
			return found, true
		}
		n = &n.children[at]
		if len(name) < len(n.text) || string(name[:len(n.text)]) != n.text {
			return found, true
		}
		name = name[len(n.text):]
	}
}
