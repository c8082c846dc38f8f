package iam

import (
	"slices"
	"strings"
)

const mostTags = 50

// setTags are tags with others set, in the order in which their keys came. Keys differ by more than case.
func setTags(tags, more []Tag) ([]Tag, error) {
	seen := map[string]bool{}
	tags = slices.Clone(tags)
	for _, tag := range more {
		key := strings.ToLower(*tag.Key)
		if seen[key] {
			return nil, badInput("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
		}
		seen[key] = true
		if strings.HasPrefix(key, "aws:") {
			return nil, badInput("System tags cannot be added/updated by requester")
		}
		if i := slices.IndexFunc(tags, func(t Tag) bool { return strings.EqualFold(*t.Key, *tag.Key) }); i >= 0 {
			tags[i] = tag
		} else {
			tags = append(tags, tag)
		}
	}
	if len(tags) > mostTags {
		return nil, refused("LimitExceeded", 409, "The number of tags has reached the maximum limit.")
	}
	return tags, nil
}

func dropTags(tags []Tag, keys []string) []Tag {
	return slices.DeleteFunc(tags, func(tag Tag) bool {
		return slices.ContainsFunc(keys, func(key string) bool { return strings.EqualFold(key, *tag.Key) })
	})
}

// pageTags are tags in the order of their keys.
func pageTags(tags []Tag, marker *string, most *int64) ([]Tag, *bool, *string, error) {
	slices.SortFunc(tags, func(a, b Tag) int { return strings.Compare(*a.Key, *b.Key) })
	return page(tags, func(t *Tag) string { return *t.Key }, marker, most)
}
